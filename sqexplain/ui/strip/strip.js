// A row of small pictures: radio buttons in all but looks, so that arrow keys move between them.

export default function ({ data, parentElement: root, setTriggerValue }) {
  const row = root.querySelector(".row");
  const { pictures, start, chosen, total } = data;
  const choose = (number) => setTriggerValue("chosen", number);
  const focused = row.contains(root.activeElement);
  row.setAttribute("aria-label", "Picture to explain");
  const made = pictures.map(({ name, picture }, place) => {
    const button = document.createElement("button");
    const image = document.createElement("img");
    const label = document.createElement("span");
    const on = start + place === chosen;
    Object.assign(button, { type: "button", className: "choice", title: name, tabIndex: on || (chosen === null && !place) ? 0 : -1 });
    button.setAttribute("role", "radio");
    button.setAttribute("aria-checked", String(on));
    Object.assign(image, { src: picture, alt: "" });
    label.textContent = name;
    button.append(image, label);
    button.addEventListener("click", () => choose(start + place));
    return button;
  });
  row.replaceChildren(...made);
  row.onkeydown = (event) => {
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (!step) return;
    event.preventDefault();
    choose(Math.min(total - 1, Math.max(0, (chosen ?? start) + step)));
  };
  const current = made[chosen - start];
  if (current) {
    row.scrollLeft = current.offsetLeft - (row.clientWidth - current.clientWidth) / 2;
    if (focused) current.focus();
  }
  const turn = (selector, number, possible) => {
    const button = root.querySelector(selector);
    button.hidden = total <= pictures.length;
    button.disabled = !possible;
    button.onclick = () => choose(number);
  };
  turn(".back", Math.max(0, start - pictures.length), start > 0);
  turn(".on", start + pictures.length, start + pictures.length < total);
}
