// @ts-check
// A picture and the maps of its channels, decoded.

import { axis, decode } from "../js/maths.js";
import { fit, pixelsOf, underlay } from "../js/painting.js";
import { signed } from "../js/text.js";

/** @typedef {import("../js/painting.js").Base} Base */
/** @typedef {import("./data.js").GroupData} GroupData */
/** @typedef {import("./data.js").ViewerData} ViewerData */
/** @typedef {ReturnType<typeof groupOf>} Group */
/** @typedef {{ name: string, colours: Uint8Array }} Lut */

const SIDE = 288; // pixels of the longer side of a drawing

export class Content {
  /**
   * @param {ViewerData} data
   * @param {HTMLImageElement} image
   */
  constructor(data, image) {
    this.data = data;
    this.size = fit(data.width, data.height, SIDE);
    this.pixels = pixelsOf(image, this.size);
    this.features = decode(data.features, Float32Array);
    this.cells = data.cells[0] * data.cells[1];
    const { rows, columns } = this.axes(1, 1, false);
    this.box = { top: rows.first, left: columns.first, height: rows.count, width: columns.count };
    this.original = underlay(this.pixels, "colour", this.size.width, this.box);
    this.base = "colour";
    this.under = this.original; // what lies below the heatmaps
    this.groups = (data.groups ?? [data]).map(groupOf);
    /** @type {Record<string, Lut>} */
    this.luts = {};
    for (const [name, text] of Object.entries(data.luts)) this.luts[name] = { name, colours: decode(text, Uint8Array) };
  }

  /**
   * How maps of so many cells are enlarged to what the net saw of the picture.
   * @param {number} rows
   * @param {number} columns
   * @param {boolean} smooth
   */
  axes(rows, columns, smooth) {
    const { data, size } = this;
    const scale = size.width / data.width;
    const [top, left, height, width] = data.view.map((edge) => edge * scale);
    return {
      rows: axis(rows, size.height, top, height, smooth),
      columns: axis(columns, size.width, left, width, smooth),
    };
  }

  /**
   * Lay another picture below the heatmaps.
   * @param {Base} base
   */
  lay(base) {
    if (this.base !== base) this.under = underlay(this.pixels, base, this.size.width, this.box);
    this.base = base;
  }

  /**
   * The map of one channel (h * w).
   * @param {number} channel
   */
  mapOf(channel) {
    return this.features.subarray(channel * this.cells, (channel + 1) * this.cells);
  }

  /** @param {string} name of a colour map */
  lut(name) {
    return this.luts[name] ?? Object.values(this.luts)[0];
  }
}

/**
 * What is asked of the picture: the scores of the channels for it, and what each adds.
 * @param {GroupData} data
 */
function groupOf({ target, rule, heading, told, scores, order, contributions }) {
  const adds = decode(contributions, Float32Array);
  return {
    ...{ target, rule, heading, told },
    scores: decode(scores, Float32Array),
    order: decode(order, Int32Array),
    contributions: adds,
    evidence: signed(adds.reduce((all, value) => all + value, 0)),
  };
}
