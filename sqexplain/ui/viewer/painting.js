// Values to pixels: colour map, blend with the picture, the part that the net did not see dimmed.

const OUTSIDE = 0.35; // brightness of what the net did not see

// Fit a picture into `side` pixels, keeping its shape.
function fit(width, height, side) {
  const factor = side / Math.max(width, height);
  return { width: Math.max(1, Math.round(width * factor)), height: Math.max(1, Math.round(height * factor)) };
}

// The pixels of a picture as RGBA at the size of a canvas; few pixels stay visible as squares.
function pixelsOf(image, width, height) {
  const canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext("2d", { willReadFrequently: true });
  context.imageSmoothingEnabled = image.width >= width / 2;
  context.imageSmoothingQuality = "high";
  context.drawImage(image, 0, 0, width, height);
  return context.getImageData(0, 0, width, height).data;
}

// What lies under the heatmap: the picture in colour, in grey, or nothing.
function underlay(pixels, base, width, box) {
  const out = new Uint8ClampedArray(pixels.length);
  for (let i = 0, at = 0; i < pixels.length; i += 4, at++) {
    const x = at % width;
    const y = (at - x) / width;
    const seen = x >= box.left && x < box.left + box.width && y >= box.top && y < box.top + box.height;
    const light = seen ? 1 : OUTSIDE;
    const grey = 0.299 * pixels[i] + 0.587 * pixels[i + 1] + 0.114 * pixels[i + 2];
    for (let c = 0; c < 3; c++) out[i + c] = light * (base === "colour" ? pixels[i + c] : base === "grey" ? grey : seen ? 0 : 60);
    out[i + 3] = 255;
  }
  return out;
}

// Blend the heatmap `values` of the box into `out`, a copy of `under`.
function paint(out, under, values, scale, lut, opacity, cut, width, box) {
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

// A small map on a canvas of its own, on its own scale.
function paintTile(canvas, map, width, lut) {
  const height = map.length / width;
  const { width: wide, height: tall } = canvas;
  const values = new Float32Array(wide * tall);
  const range = enlarge(map, width, axis(height, tall, 0, tall), axis(width, wide, 0, wide), values, new Float32Array(height * wide));
  const gain = gainOf(range);
  const image = new ImageData(wide, tall);
  const out = image.data.fill(255);
  for (let i = 0, to = 0; i < values.length; i++, to += 4) {
    const colour = 3 * (((values[i] - range.low) * gain * 255 + 0.5) | 0);
    out[to] = lut[colour];
    out[to + 1] = lut[colour + 1];
    out[to + 2] = lut[colour + 2];
  }
  canvas.getContext("2d").putImageData(image, 0, 0);
}
