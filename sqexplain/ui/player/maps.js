// @ts-check
// The maps of one method, of every frame and percentage. T frames, K steps of the percentage, h x w cells of a map.

import { axis, decode, enlarge, floatsOf, gainOf } from "../js/maths.js";

/** @typedef {import("../js/maths.js").Scale} Scale */
/** @typedef {import("./data.js").MapsData} MapsData */

export const SIDE = 224; // pixels of a drawn map

/** uint8 values, each map with its own lowest value and step. */
export class Maps {
  /**
   * @param {MapsData} data
   * @param {number} frames T
   */
  constructor(data, frames) {
    this.frames = frames;
    this.ranked = data.ranked;
    this.tall = data.cells[0];
    this.wide = data.cells[1];
    this.size = this.tall * this.wide;
    this.levels = decode(data.maps, Uint8Array);
    this.low = decode(data.low, Float32Array);
    this.step = decode(data.step, Float32Array);
    this.ranges = decode(data.ranges, Float32Array);
    this.strip = decode(data.strip, Float32Array);
    this.shares = { strict: floatsOf(data.strict), wide10: floatsOf(data.wide10) };
    this.sheet = data.sheet ? decode(data.sheet, Uint8Array) : null;
    this.map = new Float32Array(this.size);
    this.values = new Float32Array(SIDE * SIDE);
    this.scratch = new Float32Array(this.tall * SIDE);
    const smooth = data.interpolation === "bicubic";
    this.axes = { rows: axis(this.tall, SIDE, 0, SIDE, smooth), columns: axis(this.wide, SIDE, 0, SIDE, smooth) };
  }

  /**
   * The place of a frame's map; a map that takes no percentage has one step only.
   * @param {number} step
   * @param {number} frame
   */
  at(step, frame) {
    return (this.ranked ? step * this.frames : 0) + frame;
  }

  /**
   * @param {number} step
   * @param {number} frame
   */
  cellsAt(step, frame) {
    const number = this.at(step, frame);
    const from = number * this.size;
    const low = this.low[number];
    const gain = this.step[number];
    for (let i = 0; i < this.size; i++) this.map[i] = low + gain * this.levels[from + i];
    return this.map;
  }

  /**
   * Enlarge the map of a frame into `values`, 0 ... 1.
   * @param {number} step
   * @param {number} frame
   * @param {boolean} together on the scale of the whole clip
   */
  enlarge(step, frame, together) {
    const own = enlarge(
      this.cellsAt(step, frame),
      this.wide,
      this.axes.rows,
      this.axes.columns,
      this.values,
      this.scratch,
    );
    const number = 2 * (this.ranked ? step : 0);
    const range = together ? { low: this.ranges[number], high: this.ranges[number + 1] } : own;
    clamp(this.values, { low: range.low, gain: gainOf(range) });
  }

  /**
   * The cell of the largest value, as shares of the height and the width.
   * @param {number} step
   * @param {number} frame
   */
  peak(step, frame) {
    const from = this.at(step, frame) * this.size;
    let best = 0;
    for (let i = 1; i < this.size; i++) if (this.levels[from + i] > this.levels[from + best]) best = i;
    return [(Math.floor(best / this.wide) + 0.5) / this.tall, ((best % this.wide) + 0.5) / this.wide];
  }
}

/**
 * Bring values to 0 ... 1; on the scale of a clip, those between two sampled pixels may lie a little outside.
 * @param {Float32Array} values
 * @param {Scale} scale
 */
function clamp(values, { low, gain }) {
  for (let i = 0; i < values.length; i++) {
    const value = (values[i] - low) * gain;
    values[i] = value < 0 ? 0 : value > 1 ? 1 : value;
  }
}
