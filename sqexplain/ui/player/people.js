// @ts-check
// The whole picture with a box around each face.

import { decode } from "../js/maths.js";
import { find, resized, write } from "../js/page.js";
import { percentOf } from "../js/text.js";

/** @typedef {import("./clip.js").Clip} Clip */
/** @typedef {import("./data.js").PersonData} PersonData */
/** @typedef {import("./sheet.js").Sheet} Sheet */

const TALLEST = 20; // rem

export class People {
  /**
   * @param {ParentNode} root
   * @param {Clip} clip
   * @param {Sheet} whole
   * @param {(number: number) => void} choose called with the number of a face that is clicked
   */
  constructor(root, clip, whole, choose) {
    const { width, height } = whole.data;
    const people = clip.data.people ?? [];
    this.target = clip.data.target;
    this.whole = whole;
    this.canvas = find(root, ".wide-drawing", HTMLCanvasElement);
    this.context = resized(this.canvas, width, height);
    const area = find(root, ".people");
    area.style.maxWidth = `${(TALLEST * width) / height}rem`;
    const many = "a box per face, its colour: P(speaking); click a face to explain it";
    write(find(root, ".whole .tag"), people.length > 1 ? many : "the colour of the box: P(speaking)");
    for (const button of area.querySelectorAll(".person")) button.remove();
    this.faces = people.map((person, number) => faceOf(person, number === clip.data.person, () => choose(number)));
    area.append(...this.faces.map((face) => face.button));
  }

  /**
   * @param {number} frame
   * @param {Uint8Array} lut
   */
  draw(frame, lut) {
    const { whole, faces, target } = this;
    whole.draw(this.context, frame, whole.data.width, whole.data.height);
    for (const { boxes, button, text, person } of faces) {
      const { name, start, values } = person;
      const at = frame - start;
      const isThere = at >= 0 && at < values.length;
      button.hidden = !isThere;
      if (!isThere) continue;
      const [top, left, height, width] = Array.from(boxes.subarray(4 * at, 4 * at + 4));
      for (const [side, share] of Object.entries({ top, left, height, width }))
        button.style.setProperty(side, `${100 * share}%`);
      const colour = 3 * Math.round(255 * values[at]);
      button.style.setProperty("--tone", `rgb(${lut[colour]} ${lut[colour + 1]} ${lut[colour + 2]})`);
      button.classList.toggle("low", top < 0.08);
      write(text, `${name}: ${percentOf(values[at])}`);
      button.setAttribute("aria-label", `${name}, ${target} ${percentOf(values[at])}: explain this face`);
    }
  }

  /**
   * What a screen reader is told.
   * @param {number} frame
   */
  announce(frame) {
    this.canvas.setAttribute("aria-label", `Whole picture of frame ${frame + 1}, ${this.faces.length} faces`);
  }
}

/**
 * A box to click.
 * @param {PersonData} person
 * @param {boolean} isChosen
 * @param {() => void} choose
 */
function faceOf(person, isChosen, choose) {
  const button = document.createElement("button");
  const text = document.createElement("span");
  Object.assign(button, { type: "button", className: "person" });
  button.append(text);
  button.setAttribute("aria-pressed", String(isChosen));
  if (!isChosen) button.addEventListener("click", choose);
  return { person, boxes: decode(person.boxes, Float32Array), button, text };
}
