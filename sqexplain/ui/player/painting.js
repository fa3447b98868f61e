// @ts-check
// Pixels of a clip: what lies under the maps of a frame, the sheet of the sound, the frames that mattered.

import { greyOf } from "../js/painting.js";

/** @typedef {import("../js/painting.js").Base} Base */
/** @typedef {import("../js/painting.js").Pixels} Pixels */

export const BAR_ROWS = 41;
const FOR = [26, 154, 165, 255];
const AGAINST = [217, 130, 43, 255];
const LEVEL = [128, 128, 128, 120];

/**
 * Write what lies under the maps of a frame: the face in colour, in grey, or nothing.
 * @param {Pixels} pixels
 * @param {Base} base
 * @param {Pixels} out
 */
export function paintUnder(pixels, base, out) {
  for (let i = 0; i < pixels.length; i += 4) {
    if (base === "colour") {
      out[i] = pixels[i];
      out[i + 1] = pixels[i + 1];
      out[i + 2] = pixels[i + 2];
    } else out[i] = out[i + 1] = out[i + 2] = base === "grey" ? greyOf(pixels, i) : 0;
    out[i + 3] = 255;
  }
}

/**
 * The sheet of the sound, low coefficients at the bottom, with a heatmap over it.
 * @param {CanvasRenderingContext2D} context
 * @param {{ levels: Uint8Array, size: [number, number] }} sheet
 * @param {Uint8Array | null} heat
 * @param {Uint8Array} lut
 * @param {number} opacity
 */
export function paintSound(context, { levels, size: [rows, columns] }, heat, lut, opacity) {
  const image = context.createImageData(columns, rows);
  for (let row = 0, from = 0; row < rows; row++) {
    for (let x = 0, to = (rows - 1 - row) * columns * 4; x < columns; x++, from++, to += 4) {
      const colour = heat ? 3 * heat[from] : 0;
      for (let c = 0; c < 3; c++)
        image.data[to + c] = heat ? levels[from] * (1 - opacity) + lut[colour + c] * opacity : levels[from];
      image.data[to + 3] = 255;
    }
  }
  context.putImageData(image, 0, 0);
}

/**
 * A signed value per frame as bars from the middle: up speaks for the class, down against it.
 * @param {CanvasRenderingContext2D} context
 * @param {Int8Array} values -127 ... 127
 */
export function paintSigned(context, values) {
  const count = values.length;
  const image = context.createImageData(count, BAR_ROWS);
  const middle = (BAR_ROWS - 1) / 2;
  for (let x = 0; x < count; x++) {
    const tall = Math.round((values[x] / 127) * middle);
    const colour = tall > 0 ? FOR : AGAINST;
    for (let y = 0; y <= Math.abs(tall); y++)
      image.data.set(y || tall ? colour : LEVEL, 4 * ((middle - Math.sign(tall) * y) * count + x));
  }
  context.putImageData(image, 0, 0);
}
