// @ts-check
// A row of small pictures: radio buttons in all but looks, so that arrow keys move between them.

import { find } from "../js/page.js";

/**
 * @typedef {object} StripData
 * @property {{ name: string, picture: string, number?: number }[]} pictures numbered from `start` on, or as they say
 * @property {number} start
 * @property {number | null} chosen
 * @property {number} total
 * @property {string} label
 */
/** @typedef {import("../js/page.js").Call<StripData>} Call */

/** @param {Call} call */
export default function ({ data: [data], parentElement: root, setTriggerValue }) {
  const { pictures, start, total } = data;
  const isOwn = pictures[0]?.number !== undefined; // pictures from here and there: nothing to turn to
  const isWhole = isOwn || total <= pictures.length;
  const choose = (/** @type {number} */ number) => setTriggerValue("chosen", number);
  const [before, after] = [Math.max(0, start - pictures.length), start + pictures.length];
  fill(find(root, ".row"), data, isOwn, choose);
  offer(find(root, ".back", HTMLButtonElement), isWhole, start > 0, () => choose(before));
  offer(find(root, ".on", HTMLButtonElement), isWhole, after < total, () => choose(after));
}

/**
 * Show the pictures, the chosen one in the middle.
 * @param {HTMLElement} row
 * @param {StripData} data
 * @param {boolean} isOwn
 * @param {(number: number) => void} choose
 */
function fill(row, { pictures, start, chosen, total, label }, isOwn, choose) {
  const focused = () => /** @type {ShadowRoot} */ (row.getRootNode()).activeElement;
  const hadFocus = row.contains(focused());
  const numbers = pictures.map(({ number }, place) => number ?? start + place);
  const place = numbers.findIndex((number) => number === chosen);
  const buttons = pictures.map((one, at) => buttonOf(one, at === place, at === Math.max(0, place)));
  buttons.forEach((button, at) => button.addEventListener("click", () => choose(numbers[at])));
  row.setAttribute("aria-label", label);
  row.replaceChildren(...buttons);
  row.onkeydown = (event) => {
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const from = buttons.findIndex((button) => button === focused());
    if (isOwn) buttons[bounded(from + step, buttons.length)].focus();
    else choose(bounded((chosen ?? start) + step, total));
  };
  const current = buttons[place];
  if (!current) return;
  row.scrollLeft = current.offsetLeft - (row.clientWidth - current.clientWidth) / 2;
  if (hadFocus) current.focus();
}

/**
 * A number from 0 up to the last of so many.
 * @param {number} number
 * @param {number} count
 */
function bounded(number, count) {
  return Math.min(count - 1, Math.max(0, number));
}

/**
 * Offer to turn to other pictures.
 * @param {HTMLButtonElement} button
 * @param {boolean} hidden
 * @param {boolean} isPossible
 * @param {() => void} action
 */
function offer(button, hidden, isPossible, action) {
  button.hidden = hidden;
  button.disabled = !isPossible;
  button.onclick = action;
}

/**
 * The button of one picture.
 * @param {{ name: string, picture: string }} one
 * @param {boolean} isChosen
 * @param {boolean} isReached by the tabulator key
 */
function buttonOf({ name, picture }, isChosen, isReached) {
  const button = document.createElement("button");
  const image = document.createElement("img");
  const label = document.createElement("span");
  Object.assign(button, { type: "button", className: "choice", title: name, tabIndex: isReached ? 0 : -1 });
  button.setAttribute("role", "radio");
  button.setAttribute("aria-checked", String(isChosen));
  Object.assign(image, { src: picture, alt: "" });
  label.textContent = name;
  button.append(image, label);
  return button;
}
