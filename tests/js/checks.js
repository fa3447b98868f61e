// @ts-check
// The numbers of the scripts against those that the library wrote; each check throws where they differ.

import { binOf, countBins } from "../../sqexplain/ui/js/charts.js";
import {
  axis,
  countOf,
  decode,
  enlarge,
  gainOf,
  meanOf,
  paperRule,
  percentMaps,
  ranked,
} from "../../sqexplain/ui/js/maths.js";
import { paint, underlay } from "../../sqexplain/ui/js/painting.js";
import { Maps } from "../../sqexplain/ui/player/maps.js";
import { runsOf } from "../../sqexplain/ui/player/rows.js";
import { overFrames } from "../../sqexplain/ui/player/timeline.js";

/** @typedef {Record<string, any>} Numbers as tests/js_numbers.py makes them */

/**
 * @param {ArrayLike<number>} found
 * @param {ArrayLike<number>} expected
 * @param {number} tolerance
 */
function close(found, expected, tolerance) {
  if (found.length !== expected.length) throw new Error(`${found.length} numbers instead of ${expected.length}`);
  for (let i = 0; i < found.length; i++)
    if (!(Math.abs(found[i] - expected[i]) <= tolerance))
      throw new Error(`number ${i} is ${found[i]} instead of ${expected[i]}`);
}

/** @param {number[]} values */
function floats(values) {
  return Float32Array.from(values);
}

/**
 * The heatmap (H * W) of a raw map (h, w), as the viewer makes it.
 * @param {Numbers} one
 */
function heatmap({ raw, cells, size, view, interpolation }) {
  const [top, left, tall, wide] = view;
  const smooth = interpolation === "bicubic";
  const rows = axis(cells[0], size[0], top, tall, smooth);
  const columns = axis(cells[1], size[1], left, wide, smooth);
  const inside = new Float32Array(rows.count * columns.count);
  const range = enlarge(floats(raw), cells[1], rows, columns, inside, new Float32Array(cells[0] * columns.count));
  const whole = new Float32Array(size[0] * size[1]);
  for (let y = 0, at = 0; y < rows.count; y++)
    for (let x = 0; x < columns.count; x++, at++)
      whole[(y + rows.first) * size[1] + x + columns.first] = (inside[at] - range.low) * gainOf(range);
  return whole;
}

/** @type {Record<string, (numbers: Numbers) => void>} */
export const checks = {
  "a percentage is as many channels as in the library, for every width": ({ counts }) => {
    const found = [];
    for (let channels = 1; channels <= counts.channels; channels++)
      for (let percent = 1; percent <= 100; percent++) found.push(countOf(percent, channels));
    close(found, counts.expected, 0);
  },

  "channels are ranked as in the library, of equal ones the first": ({ rankings }) => {
    for (const { scores, expected } of rankings) close(ranked(floats(scores)), expected, 0);
  },

  "the paper's rule has the library's threshold and takes as many channels": ({ rule }) => {
    for (const { scores, threshold, count } of rule.vectors) {
      const found = paperRule(floats(scores), rule.z);
      close([found.threshold], [threshold], 1e-6);
      close([found.count], [count], 0);
    }
  },

  "the mean maps of every percentage are those of the library": ({ means }) => {
    for (const { features, order, expected } of means) close(percentMaps(floats(features), 12, order), expected, 1e-5);
  },

  "weights and what is taken off count as in the library": ({ weighted }) => {
    const [features, weights, offset] = [weighted.features, weighted.weights, weighted.offset].map(floats);
    close(meanOf(features, 12, weighted.chosen, weights, offset), weighted.expected, 1e-5);
    const stack = percentMaps(features, 12, weighted.order, weights, offset);
    close(stack.subarray(29 * 12, 30 * 12), weighted.expected, 1e-5);
  },

  "heatmaps are those of the library": ({ heatmaps }) => {
    for (const one of heatmaps) close(heatmap(one), one.expected, 1e-5);
  },

  "maps of a clip are those of the library within half a step of a byte": ({ clips }) => {
    for (const { data, frames, frame, together, expected } of clips) {
      const maps = new Maps(data, frames);
      maps.enlarge(0, frame, together);
      close(maps.values, expected, 0.004);
    }
  },

  "a map alone has exactly the colours of the library": ({ colours }) => {
    for (const { values, lut, expected } of colours) {
      const [under, out] = [new Uint8ClampedArray(4 * values.length), new Uint8ClampedArray(4 * values.length)];
      const box = { top: 0, left: 0, height: 1, width: values.length };
      paint(
        out,
        under,
        { values: floats(values), scale: { low: 0, gain: 1 }, lut: decode(lut, Uint8Array), opacity: 1, cut: 0 },
        values.length,
        box,
      );
      close(withoutAlpha(out), expected, 0);
    }
  },

  "a map over a picture differs from the library's by one level at most": ({ overlays }) => {
    for (const { picture, size, values, lut, opacity, cut, base, expected } of overlays) {
      const box = { top: 0, left: 0, height: size[0], width: size[1] };
      const under = underlay(Uint8ClampedArray.from(picture), base, size[1], box);
      const out = under.slice();
      paint(
        out,
        under,
        { values: floats(values), scale: { low: 0, gain: 1 }, lut: decode(lut, Uint8Array), opacity, cut },
        size[1],
        box,
      );
      close(withoutAlpha(out), expected, 1);
    }
  },

  "scores fall into the bars of numpy's histogram": ({ histograms }) => {
    for (const { scores, top, expected } of histograms) {
      const { all, chosen } = countBins(floats(scores), top, (channel) => channel % 2 === 0);
      close(all, expected, 0);
      const half = floats(scores).filter((_, channel) => channel % 2 === 0);
      close(chosen, countBins(half, top, () => true).all, 0);
    }
    close(
      [-1, 0, 0.999, 1, 7].map((score) => binOf(score, 1)),
      [0, 0, 31, 31, 31],
      0,
    );
  },

  "equal entries are joined to runs": () => {
    const found = runsOf([1, 1, 0, 1, 1, 1]).flat();
    close(found, [1, 0, 2, 0, 2, 3, 1, 3, 6], 0);
  },

  "somebody who appears before the clip or after its end has values on its frames alone": () => {
    close(overFrames([0.5, 1, 0.25], 1, 4), [0, 0.5, 1, 0.25], 0);
    close(overFrames([0.5, 1, 0.25], -2, 4), [0.25, 0, 0, 0], 0);
    close(overFrames([0.5, 1, 0.25], 6, 4), [0, 0, 0, 0], 0);
  },
};

/** @param {Uint8ClampedArray} pixels */
function withoutAlpha(pixels) {
  return pixels.filter((_, i) => i % 4 !== 3);
}

/**
 * Return what is wrong, one line per check that fails.
 * @param {Numbers} numbers
 */
export default function (numbers) {
  return Object.entries(checks).flatMap(([name, check]) => {
    try {
      check(numbers);
      return [];
    } catch (error) {
      return [`${name}: ${error}`];
    }
  });
}
