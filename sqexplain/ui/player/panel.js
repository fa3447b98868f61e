// @ts-check
// The heatmap of one method over the face.

import { paint } from "../js/painting.js";
import { find, resized, write } from "../js/page.js";
import { percentOf } from "../js/text.js";
import { Maps, SIDE } from "./maps.js";

/** @typedef {import("../js/painting.js").Pixels} Pixels */
/** @typedef {import("./data.js").ClipData} ClipData */
/** @typedef {import("./data.js").PanelData} PanelData */
/** @typedef {import("./data.js").Settings} Settings */

const FACE = { top: 0, left: 0, height: SIDE, width: SIDE };

export class Panel {
  /**
   * @param {PanelData} data
   * @param {number} frames
   * @param {HTMLElement} figure
   */
  constructor(data, frames, figure) {
    this.title = data.title;
    this.maps = new Maps(data, frames);
    this.figure = figure;
    this.canvas = find(figure, "canvas", HTMLCanvasElement);
    this.context = resized(this.canvas, SIDE, SIDE);
    this.image = this.context.createImageData(SIDE, SIDE);
    this.image.data.fill(255);
    this.massText = find(figure, ".mass");
    find(figure, ".title").textContent = data.title;
    Object.assign(find(figure, ".tag"), { textContent: data.tag, title: data.summary });
    find(figure, ".note").textContent = data.note;
  }

  /**
   * Draw the map of a frame.
   * @param {number} step
   * @param {number} frame
   * @param {Pixels} under
   * @param {Uint8Array} lut
   * @param {Settings} settings
   */
  draw(step, frame, under, lut, { base, opacity, scale }) {
    this.maps.enlarge(step, frame, scale === "clip");
    const heat = {
      values: this.maps.values,
      scale: { low: 0, gain: 1 },
      lut,
      opacity: base === "none" ? 1 : opacity / 100,
      cut: 0,
    };
    paint(this.image.data, under, heat, SIDE, FACE);
    this.context.putImageData(this.image, 0, 0);
  }

  /**
   * Say how much of the map lies on the mouth, and how many times its share of the area that is.
   * @param {number} step
   * @param {number} frame
   * @param {ClipData["mouth"]} mouth
   */
  sayMass(step, frame, mouth) {
    const { strict, wide10 } = this.maps.shares;
    const place = this.maps.at(step, frame);
    const isKnown = mouth && strict && wide10;
    const text = isKnown
      ? `on the mouth ${massOf(strict[place], mouth.strict[frame])}, with 10 px around ${massOf(wide10[place], mouth.wide10[frame])}`
      : "";
    write(this.massText, text);
  }
}

/**
 * @param {number} share of the map
 * @param {number} area share of the picture
 */
function massOf(share, area) {
  return `${percentOf(share)}${area > 0 && !Number.isNaN(share) ? ` (×${(share / area).toFixed(1)})` : ""}`;
}
