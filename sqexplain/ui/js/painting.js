// @ts-check
// Values to pixels: colour map, blend with the picture, the part that the net did not see dimmed.

import { axis, enlarge, gainOf } from "./maths.js";
import { contextOf } from "./page.js";

/** @typedef {import("./maths.js").Scale} Scale */
/** @typedef {{ width: number, height: number }} Size */
/** @typedef {{ top: number, left: number, height: number, width: number }} Box pixels */
/** @typedef {Uint8Array | Uint8ClampedArray} Pixels RGBA, row after row */
/** @typedef {"grey" | "colour" | "none"} Base what lies under a heatmap */

const OUTSIDE = 0.35; // brightness of what the net did not see

/**
 * Fit a picture into `side` pixels, keeping its shape.
 * @param {number} width
 * @param {number} height
 * @param {number} side
 * @returns {Size}
 */
export function fit(width, height, side) {
  const factor = side / Math.max(width, height);
  return { width: Math.max(1, Math.round(width * factor)), height: Math.max(1, Math.round(height * factor)) };
}

/**
 * The pixels of a picture at the size of a canvas; few pixels stay visible as squares.
 * @param {HTMLImageElement} image
 * @param {Size} size
 */
export function pixelsOf(image, { width, height }) {
  const context = contextOf(new OffscreenCanvas(width, height), { willReadFrequently: true });
  context.imageSmoothingEnabled = image.width >= width / 2;
  context.imageSmoothingQuality = "high";
  context.drawImage(image, 0, 0, width, height);
  return context.getImageData(0, 0, width, height).data;
}

/**
 * The brightness of a pixel that begins at `i`.
 * @param {Pixels} pixels
 * @param {number} i
 */
export function greyOf(pixels, i) {
  return 0.299 * pixels[i] + 0.587 * pixels[i + 1] + 0.114 * pixels[i + 2];
}

/**
 * What lies under the heatmap: the picture in colour, in grey, or nothing.
 * @param {Pixels} pixels
 * @param {Base} base
 * @param {number} width of the picture
 * @param {Box} box what the net saw
 */
export function underlay(pixels, base, width, box) {
  const out = new Uint8ClampedArray(pixels.length);
  for (let i = 0, at = 0; i < pixels.length; i += 4, at++) {
    const x = at % width;
    const y = (at - x) / width;
    const seen = x >= box.left && x < box.left + box.width && y >= box.top && y < box.top + box.height;
    const light = seen ? 1 : OUTSIDE;
    const grey = greyOf(pixels, i);
    for (let c = 0; c < 3; c++)
      out[i + c] = light * (base === "colour" ? pixels[i + c] : base === "grey" ? grey : seen ? 0 : 60);
    out[i + 3] = 255;
  }
  return out;
}

/**
 * Blend a heatmap into `out`, a copy of `under`.
 * @param {Pixels} out
 * @param {Pixels} under
 * @param {object} heat
 * @param {Float32Array} heat.values of the pixels of the box
 * @param {Scale} heat.scale
 * @param {Uint8Array} heat.lut (256 * 3) the colours of 0 ... 1
 * @param {number} heat.opacity 0 ... 1
 * @param {number} heat.cut values below it are not drawn
 * @param {number} width of the picture
 * @param {Box} box
 */
export function paint(out, under, { values, scale, lut, opacity, cut }, width, box) {
  const share = Math.round(opacity * 256);
  const rest = 256 - share;
  const { low, gain } = scale;
  for (let y = 0, at = 0; y < box.height; y++) {
    let to = ((y + box.top) * width + box.left) * 4;
    for (let x = 0; x < box.width; x++, at++, to += 4) {
      const value = (values[at] - low) * gain;
      if (value < cut) {
        out[to] = under[to];
        out[to + 1] = under[to + 1];
        out[to + 2] = under[to + 2];
        continue;
      }
      const colour = 3 * ((value * 255 + 0.5) | 0);
      out[to] = (under[to] * rest + lut[colour] * share) >> 8;
      out[to + 1] = (under[to + 1] * rest + lut[colour + 1] * share) >> 8;
      out[to + 2] = (under[to + 2] * rest + lut[colour + 2] * share) >> 8;
    }
  }
}

/**
 * A row of colours, one per value 0 ... 1, on a canvas of that many columns.
 * @param {CanvasRenderingContext2D} context
 * @param {Float32Array} values
 * @param {Uint8Array} lut
 */
export function paintRow(context, values, lut) {
  const image = context.createImageData(values.length, 1);
  values.forEach((value, x) => {
    const colour = 3 * Math.round(255 * Math.min(1, Math.max(0, value || 0)));
    image.data.set([lut[colour], lut[colour + 1], lut[colour + 2], 255], 4 * x);
  });
  context.putImageData(image, 0, 0);
}

/**
 * All colours from 0 to 1 on a canvas of 256 columns.
 * @param {HTMLCanvasElement} canvas
 * @param {Uint8Array} lut
 */
export function paintRamp(canvas, lut) {
  paintRow(
    contextOf(canvas),
    Float32Array.from({ length: 256 }, (_, i) => i / 255),
    lut,
  );
}

/**
 * A small map on a canvas of its own, on its own scale.
 * @param {HTMLCanvasElement} canvas
 * @param {Float32Array} map (h * w)
 * @param {number} width w
 * @param {Uint8Array} lut
 */
export function paintTile(canvas, map, width, lut) {
  const height = map.length / width;
  const { width: wide, height: tall } = canvas;
  const values = new Float32Array(wide * tall);
  const range = enlarge(
    map,
    width,
    axis(height, tall, 0, tall),
    axis(width, wide, 0, wide),
    values,
    new Float32Array(height * wide),
  );
  const gain = gainOf(range);
  const image = new ImageData(wide, tall);
  const out = image.data.fill(255);
  for (let i = 0, to = 0; i < values.length; i++, to += 4) {
    const colour = 3 * (((values[i] - range.low) * gain * 255 + 0.5) | 0);
    out[to] = lut[colour];
    out[to + 1] = lut[colour + 1];
    out[to + 2] = lut[colour + 2];
  }
  contextOf(canvas).putImageData(image, 0, 0);
}
