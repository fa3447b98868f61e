// @ts-check
// Arrays to arrays: mean maps of the top-k channels, enlarging, scaling. The same steps as the library's own.
// C channels, h x w cells of a map, H' x W' drawn pixels inside the box that the net saw.

/** @typedef {Float32Array | number[]} Numbers */
/** @typedef {Int32Array | number[]} Channels numbers of channels */
/** @typedef {{ low: number, high: number }} Range */
/** @typedef {{ low: number, gain: number }} Scale (value - low) * gain lies in 0 ... 1 */

/**
 * Which cells count how much for each pixel along one side.
 * @typedef {object} Axis
 * @property {number} first the first pixel inside the box
 * @property {number} count pixels inside the box
 * @property {number} taps cells per pixel
 * @property {Int32Array} index (count * taps) the cells
 * @property {Float32Array} weight (count * taps) their weights
 */

const PERCENTS = 100;

/**
 * The numbers whose little-endian bytes are written in base64.
 * @template T
 * @param {string} text
 * @param {new (buffer: ArrayBuffer) => T} Kind a typed array
 */
export function decode(text, Kind) {
  const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  return new Kind(bytes.buffer);
}

/**
 * The numbers of float32, if there are any.
 * @param {string | null | undefined} text
 */
export function floatsOf(text) {
  return text ? decode(text, Float32Array) : null;
}

/**
 * k = ceil(percent / 100 * channels), at least 1; rounding errors of the product do not count.
 * @param {number} percent
 * @param {number} channels
 */
export function countOf(percent, channels) {
  return Math.min(channels, Math.max(1, Math.ceil((percent * channels) / 100 - 1e-9)));
}

/**
 * The channels by their score, the largest first; of equal ones the first.
 * @param {Float32Array} scores (C)
 */
export function ranked(scores) {
  return Array.from(scores.keys()).sort((one, other) => scores[other] - scores[one] || one - other);
}

/**
 * The authors' rule: the threshold mean + z standard deviations, and how many scores lie above it.
 * @param {Float32Array} scores (C)
 * @param {number} z
 */
export function paperRule(scores, z) {
  const mean = scores.reduce((all, value) => all + value, 0) / scores.length;
  const spread = Math.sqrt(scores.reduce((all, value) => all + (value - mean) ** 2, 0) / scores.length);
  const threshold = mean + z * spread;
  return { threshold, count: scores.filter((value) => value > threshold).length };
}

/**
 * Add a channel's map to `sum`, beyond what it shows at rest and times its weight, if given.
 * @param {Float64Array} sum (h * w)
 * @param {Float32Array} features (C * h * w)
 * @param {number} channel
 * @param {Numbers | null} [weights] (C)
 * @param {Numbers | null} [offset] (C)
 */
function addChannel(sum, features, channel, weights, offset) {
  const weight = weights ? weights[channel] : 1;
  const base = offset ? offset[channel] : 0;
  for (let i = 0, from = channel * sum.length; i < sum.length; i++) sum[i] += weight * (features[from + i] - base);
}

/**
 * The mean map (h * w) of some channels.
 * @param {Float32Array} features (C * h * w)
 * @param {number} cells h * w
 * @param {Channels} channels
 * @param {Numbers | null} [weights] (C) a factor for each channel
 * @param {Numbers | null} [offset] (C) what is taken off each channel before the factor
 */
export function meanOf(features, cells, channels, weights, offset) {
  const sum = new Float64Array(cells);
  for (const channel of channels) addChannel(sum, features, channel, weights, offset);
  return Float32Array.from(sum, (value) => value / channels.length);
}

/**
 * The mean maps (100 * h * w) of the first 1, 2, ... 100 % channels of `order`, from one running sum.
 * @param {Float32Array} features (C * h * w)
 * @param {number} cells h * w
 * @param {Channels} order (C)
 * @param {Numbers | null} [weights] (C)
 * @param {Numbers | null} [offset] (C)
 */
export function percentMaps(features, cells, order, weights, offset) {
  const stack = new Float32Array(PERCENTS * cells);
  const sum = new Float64Array(cells);
  let taken = 0;
  for (let percent = 1; percent <= PERCENTS; percent++) {
    const count = countOf(percent, order.length);
    for (; taken < count; taken++) addChannel(sum, features, order[taken], weights, offset);
    for (let i = 0, to = (percent - 1) * cells; i < cells; i++) stack[to + i] = sum[i] / count;
  }
  return stack;
}

/** @param {number} distance */
function cubic(distance) {
  const a = -0.75;
  if (distance <= 1) return ((a + 2) * distance - (a + 3)) * distance * distance + 1;
  return distance < 2 ? a * (((distance - 5) * distance + 8) * distance - 4) : 0;
}

/**
 * Which cells count how much for each pixel whose centre lies in the box of `length` pixels from `start` on:
 * half-pixel centres, repeated edges.
 * @param {number} cells
 * @param {number} pixels of the whole side
 * @param {number} start
 * @param {number} length
 * @param {boolean} [smooth] bicubic instead of bilinear
 * @returns {Axis}
 */
export function axis(cells, pixels, start, length, smooth) {
  const first = Math.min(pixels, Math.max(0, Math.ceil(start - 0.5)));
  const count = Math.min(pixels, Math.max(first, Math.ceil(start + length - 0.5))) - first;
  const steps = smooth ? [-1, 0, 1, 2] : [0, 1];
  const taps = steps.length;
  const index = new Int32Array(count * taps);
  const weight = new Float32Array(count * taps);
  for (let pixel = 0; pixel < count; pixel++) {
    const place = ((pixel + first + 0.5 - start) * cells) / length - 0.5;
    const below = Math.floor(place);
    steps.forEach((step, tap) => {
      const distance = Math.abs(place - below - step);
      index[pixel * taps + tap] = Math.min(cells - 1, Math.max(0, below + step));
      weight[pixel * taps + tap] = smooth ? cubic(distance) : Math.max(0, 1 - distance);
    });
  }
  return { first, count, taps, index, weight };
}

/**
 * Enlarge a map (h, w) into `out` (H', W'), clip at zero, and return its lowest and highest value.
 * @param {Float32Array} map (h * w)
 * @param {number} width w
 * @param {Axis} rows
 * @param {Axis} columns
 * @param {Float32Array} out (H' * W')
 * @param {Float32Array} scratch (h * W') at least
 * @returns {Range}
 */
export function enlarge(map, width, rows, columns, out, scratch) {
  const { count: wide, taps } = columns;
  const height = map.length / width;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < wide; x++) {
      let sum = 0;
      for (let tap = 0, at = x * taps; tap < taps; tap++, at++)
        sum += columns.weight[at] * map[y * width + columns.index[at]];
      scratch[y * wide + x] = sum;
    }
  }
  let low = Infinity;
  let high = -Infinity;
  for (let y = 0, at = 0; y < rows.count; y++) {
    const to = y * wide;
    const line = out.subarray(to, to + wide);
    line.fill(0);
    for (let tap = 0; tap < taps; tap++, at++) {
      const weight = rows.weight[at];
      for (let x = 0, from = rows.index[at] * wide; x < wide; x++, from++) line[x] += weight * scratch[from];
    }
    for (let x = 0; x < wide; x++) {
      const value = line[x] > 0 ? line[x] : 0; // NaN becomes 0 too
      line[x] = value;
      if (value < low) low = value;
      if (value > high) high = value;
    }
  }
  return { low, high };
}

/**
 * The factor that brings low ... high to 0 ... 1, as in the package grad-cam: no contrast stays 0.
 * @param {Range} range
 */
export function gainOf({ low, high }) {
  return 1 / (1e-7 + high - low);
}
