// @ts-check
// A histogram of the scores of the channels, each bar filled as far as its channels are chosen.

import { element, write } from "./page.js";

export const BINS = 32;
const PLOT = { width: 300, height: 118, left: 4, right: 4, top: 8, bottom: 20 };
const WIDE = PLOT.width - PLOT.left - PLOT.right;
const TALL = PLOT.height - PLOT.top - PLOT.bottom;
const FLOOR = PLOT.height - PLOT.bottom;
const GAP = 0.6; // on both sides of a bar
const LEAST = 3; // the height of a bar of one channel, so that it is seen

/**
 * The bar of a score when the last one ends at `top`.
 * @param {number} score
 * @param {number} top
 */
export function binOf(score, top) {
  return Math.min(BINS - 1, Math.max(0, Math.floor((score / top) * BINS)));
}

/**
 * How many channels each bar has, and how many of them are among the chosen.
 * @param {Float32Array} scores (C)
 * @param {number} top
 * @param {(channel: number) => boolean} isChosen
 */
export function countBins(scores, top, isChosen) {
  const all = new Uint16Array(BINS);
  const chosen = new Uint16Array(BINS);
  scores.forEach((score, channel) => {
    const bin = binOf(score, top);
    all[bin]++;
    if (isChosen(channel)) chosen[bin]++;
  });
  return { all, chosen };
}

/**
 * @typedef {object} Look
 * @property {number} top where the scale ends
 * @property {boolean} ruled whether a threshold is shown
 * @property {(value: number) => string} tick a value of the scale in words
 * @property {"group" | "img"} role
 * @property {(bin: number, reach: Record<string, number>, svg: Element) => Element} [host] makes what the bar of a bin stands in
 */

export class Histogram {
  /**
   * @param {Element} place
   * @param {Look} look
   */
  constructor(place, { top, ruled, tick, role, host }) {
    this.svg = element("svg", { viewBox: `0 0 ${PLOT.width} ${PLOT.height}`, role });
    this.bars = Array.from({ length: BINS }, (_, bin) => {
      const [x, width] = [PLOT.left + (bin * WIDE) / BINS, WIDE / BINS];
      const parent = host?.(bin, { x, y: PLOT.top, width, height: TALL }, this.svg) ?? this.svg;
      const bar = (/** @type {string} */ name) => ({
        node: element("rect", { class: name, x: x + GAP, y: FLOOR, width: width - 2 * GAP, height: 0 }, parent),
        height: 0,
      });
      return { all: bar("bar-all"), chosen: bar("bar-chosen") };
    });
    element("line", { class: "floor", x1: PLOT.left, x2: PLOT.width - PLOT.right, y1: FLOOR, y2: FLOOR }, this.svg);
    this.rule = ruled
      ? {
          line: element("line", { class: "rule-line", y1: 2, y2: FLOOR }, this.svg),
          label: element("text", { class: "rule-label", y: 11 }, this.svg),
        }
      : null;
    const ticks = {
      start: [PLOT.left, "0"],
      middle: [PLOT.width / 2, tick(top / 2)],
      end: [PLOT.width - PLOT.right, tick(top)],
    };
    for (const [anchor, [x, text]] of Object.entries(ticks))
      element("text", { class: "tick", x, y: PLOT.height - 5, "text-anchor": anchor }, this.svg, String(text));
    place.replaceChildren(this.svg);
  }

  /**
   * Show how many channels each bar has, on a scale of logarithms, and which share of them is chosen.
   * @param {{ all: ArrayLike<number>, chosen: ArrayLike<number> }} counts (BINS) each
   */
  show({ all, chosen }) {
    const reach = Math.log1p(Math.max(...Array.from(all)));
    this.bars.forEach((bar, bin) => {
      const height = all[bin] ? Math.max(LEAST, (TALL * Math.log1p(all[bin])) / reach) : 0;
      raise(bar.all, height);
      raise(bar.chosen, all[bin] ? (height * chosen[bin]) / all[bin] : 0);
    });
  }

  /**
   * Show a threshold, as a share of the scale, with its words.
   * @param {number} threshold
   * @param {string} text
   */
  showRule(threshold, text) {
    if (!this.rule) return;
    const { line, label } = this.rule;
    const x = PLOT.left + Math.min(1, threshold) * WIDE;
    const right = x > PLOT.width * 0.55;
    for (const side of ["x1", "x2"]) line.setAttribute(side, String(x));
    label.setAttribute("x", String(right ? x - 4 : x + 4));
    label.setAttribute("text-anchor", right ? "end" : "start");
    write(label, text);
  }
}

/**
 * Bring a bar to a height, where it has another.
 * @param {{ node: Element, height: number }} bar
 * @param {number} height
 */
function raise(bar, height) {
  if (bar.height === height) return;
  bar.height = height;
  bar.node.setAttribute("y", String(FLOOR - height));
  bar.node.setAttribute("height", String(height));
}
