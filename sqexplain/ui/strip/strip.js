// A row of small pictures: radio buttons in all but looks, so that arrow keys move between them.

export default function ({ data, parentElement: root, setTriggerValue }) {
  const row = root.querySelector(".row");
  const { pictures, start, chosen, total } = data;
  const own = pictures[0]?.number !== undefined; // pictures from here and there: nothing to turn to
  const choose = (number) => setTriggerValue("chosen", number);
  const focused = row.contains(root.activeElement);
  const numberOf = (place) => pictures[place].number ?? start + place;
  const known = pictures.some((_, place) => numberOf(place) === chosen);
  row.setAttribute("aria-label", data.label);
  const made = pictures.map(({ name, picture }, place) => {
    const button = document.createElement("button");
    const image = document.createElement("img");
    const label = document.createElement("span");
    const on = numberOf(place) === chosen;
    Object.assign(button, { type: "button", className: "choice", title: name, tabIndex: on || (!known && !place) ? 0 : -1 });
    button.setAttribute("role", "radio");
    button.setAttribute("aria-checked", String(on));
    Object.assign(image, { src: picture, alt: "" });
    label.textContent = name;
    button.append(image, label);
    button.addEventListener("click", () => choose(numberOf(place)));
    return button;
  });
  row.replaceChildren(...made);
  row.onkeydown = (event) => {
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (!step) return;
    event.preventDefault();
    if (!own) return choose(Math.min(total - 1, Math.max(0, (chosen ?? start) + step)));
    const focus = Math.min(made.length - 1, Math.max(0, made.indexOf(root.activeElement) + step));
    return made[focus].focus();
  };
  const current = made.find((_, place) => numberOf(place) === chosen);
  if (current) {
    row.scrollLeft = current.offsetLeft - (row.clientWidth - current.clientWidth) / 2;
    if (focused) current.focus();
  }
  const turn = (selector, number, possible) => {
    const button = root.querySelector(selector);
    button.hidden = own || total <= pictures.length;
    button.disabled = !possible;
    button.onclick = () => choose(number);
  };
  turn(".back", Math.max(0, start - pictures.length), start > 0);
  turn(".on", start + pictures.length, start + pictures.length < total);
}
