// @ts-check
// One picture of the viewer with its heatmap.

import { countOf, decode, enlarge, floatsOf, gainOf, meanOf, percentMaps } from "../js/maths.js";
import { paint } from "../js/painting.js";
import { find, resized } from "../js/page.js";

/** @typedef {import("../js/maths.js").Channels} Channels */
/** @typedef {import("../js/painting.js").Pixels} Pixels */
/** @typedef {import("./content.js").Content} Content */
/** @typedef {import("./data.js").PanelData} PanelData */

/** The channels of a map from first to last, and its means for every percentage. */
class Ranking {
  /**
   * @param {PanelData} data
   * @param {string} order
   * @param {Content} content
   */
  constructor(data, order, content) {
    this.content = content;
    this.order = decode(order, Int32Array);
    this.weights = floatsOf(data.weights);
    this.offset = floatsOf(data.offset);
    this.stack = percentMaps(content.features, content.cells, this.order, this.weights, this.offset);
  }

  /** @param {Channels} channels */
  mean(channels) {
    return meanOf(this.content.features, this.content.cells, channels, this.weights, this.offset);
  }

  /**
   * The mean of the first `count` channels; at hand where that is what the percentage says.
   * @param {number} count
   * @param {number} percent
   */
  first(count, percent) {
    const { cells } = this.content;
    if (count !== countOf(percent, this.order.length)) return this.mean(this.order.subarray(0, count));
    return this.stack.subarray((percent - 1) * cells, percent * cells);
  }
}

export class Panel {
  /**
   * @param {PanelData} data
   * @param {Content} content
   * @param {HTMLElement} figure
   */
  constructor(data, content, figure) {
    const [tall, wide] = data.cells;
    this.data = data;
    this.content = content;
    this.wide = wide;
    this.axes = content.axes(tall, wide, data.interpolation === "bicubic");
    this.values = new Float32Array(content.box.height * content.box.width);
    this.scratch = new Float32Array(tall * Math.max(1, content.box.width));
    this.scale = { low: 0, gain: 1 };
    this.key = "";
    this.map = floatsOf(data.map);
    this.ranking = this.map || data.order === null ? null : new Ranking(data, data.order, content);
    this.figure = figure;
    this.canvas = find(figure, "canvas", HTMLCanvasElement);
    this.context = resized(this.canvas, content.size.width, content.size.height);
    this.image = this.context.createImageData(content.size.width, content.size.height);
    this.stage = find(figure, ".stage");
    this.valueText = find(figure, ".value");
    this.tagText = find(figure, ".tag");
    Object.assign(this.tagText, { textContent: data.tag, title: data.summary });
    find(figure, ".title").textContent = data.title;
    find(figure, ".note").textContent = data.note;
  }

  get hasHeat() {
    return Boolean(this.map || this.ranking);
  }

  /**
   * Enlarge the map of the picked channels, or of the first ones; return whether it is another than before.
   * @param {number[] | null} picked
   * @param {number} count
   * @param {number} percent
   */
  enlarge(picked, count, percent) {
    const key = this.map ? "fixed" : picked ? picked.join() : `top ${count}`;
    if (key === this.key) return false;
    this.key = key;
    const map = this.map ?? (picked ? this.ranking?.mean(picked) : this.ranking?.first(count, percent));
    if (!map) return false;
    const range = enlarge(map, this.wide, this.axes.rows, this.axes.columns, this.values, this.scratch);
    this.scale = { low: range.low, gain: gainOf(range) };
    return true;
  }

  /**
   * Blend the heatmap with the picture.
   * @param {Pixels} under
   * @param {Uint8Array} lut
   * @param {number} opacity 0 ... 1
   * @param {number} cut
   */
  paint(under, lut, opacity, cut) {
    const heat = { values: this.values, scale: this.scale, lut, opacity, cut };
    paint(this.image.data, under, heat, this.content.size.width, this.content.box);
  }

  /** Bring the pixels on screen. */
  show() {
    this.context.putImageData(this.image, 0, 0);
  }

  /**
   * The value of the heatmap at a place of the picture, given as shares of its sides; null where the net saw nothing.
   * @param {number} across
   * @param {number} down
   */
  valueAt(across, down) {
    const { size, box } = this.content;
    const x = Math.floor(across * size.width) - box.left;
    const y = Math.floor(down * size.height) - box.top;
    if (x < 0 || y < 0 || x >= box.width || y >= box.height) return null;
    return (this.values[y * box.width + x] - this.scale.low) * this.scale.gain;
  }
}
