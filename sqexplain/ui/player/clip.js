// @ts-check
// A clip and what the net says to it, decoded.

import { decode } from "../js/maths.js";
import { Sheet } from "./sheet.js";

/** @typedef {import("./data.js").ClipData} ClipData */

export class Clip {
  /** @param {ClipData} data */
  constructor(data) {
    this.data = data;
    this.faces = new Sheet(data.faces);
    this.whole = data.whole && new Sheet(data.whole);
    this.samples = data.sound ? decode(data.sound, Int16Array) : null;
    this.chances = decode(data.chances, Float32Array);
    /** @type {boolean[] | null} of every frame, whether the net is wrong */
    this.wrong =
      data.labels &&
      data.labels.map((label, frame) => label >= 0 && (label === data.asked) !== this.chances[frame] > 0.5);
    /** @type {Record<string, Uint8Array>} */
    this.luts = {};
    for (const [name, text] of Object.entries(data.luts)) this.luts[name] = decode(text, Uint8Array);
  }

  /** Wait for the pictures. */
  async ready() {
    await Promise.all([this.faces.image.decode(), this.whole?.image.decode()]);
  }

  /** @param {string} name of a colour map */
  lut(name) {
    return this.luts[name] ?? Object.values(this.luts)[0];
  }

  /** @param {number} frame */
  bounded(frame) {
    return Math.min(this.data.frames - 1, Math.max(0, frame));
  }

  /**
   * The frame that is seen at a time.
   * @param {number} seconds
   */
  frameAt(seconds) {
    return this.bounded(Math.floor(seconds * this.data.fps + 1e-6));
  }
}
