// The pictures of one frame: a tile of a sheet of faces, and over it the map of each panel.
// T frames, K steps of the percentage, h x w cells of a map.

const SIDE = 224; // pixels of a drawn map
const LARGE = 336; // of the face alone
const FACE = { cut: 0, box: { top: 0, left: 0, height: SIDE, width: SIDE } };

function canvasOf(host, width, height, options) {
  Object.assign(host, { width, height });
  return host.getContext("2d", options);
}

// Pictures of equal size in one image, row after row.
class Sheet {
  constructor({ picture, columns, width, height, tile, every }) {
    Object.assign(this, { columns, width, height, tile, every });
    this.image = new Image();
    this.image.src = picture;
  }

  draw(context, frame, wide, tall) {
    const number = Math.floor(frame / this.every);
    const x = (number % this.columns) * this.tile[1];
    const y = Math.floor(number / this.columns) * this.tile[0];
    context.drawImage(this.image, x, y, this.width, this.height, 0, 0, wide, tall);
  }
}

// The maps of one panel: uint8 values, each map with its own lowest value and step.
class Maps {
  constructor(panel, frames) {
    Object.assign(this, panel);
    this.frames = frames;
    [this.tall, this.wide] = panel.cells;
    this.size = this.tall * this.wide;
    this.levels = decode(panel.maps, Uint8Array);
    for (const name of ["low", "step", "ranges", "strip", "strict", "wide10"]) this[name] = panel[name] && decode(panel[name], Float32Array);
    this.sheet = panel.sheet && decode(panel.sheet, Uint8Array);
    this.map = new Float32Array(this.size);
    this.values = new Float32Array(SIDE * SIDE);
    this.scratch = new Float32Array(this.tall * SIDE);
    const smooth = panel.interpolation === "bicubic";
    this.axes = { rows: axis(this.tall, SIDE, 0, SIDE, smooth), columns: axis(this.wide, SIDE, 0, SIDE, smooth) };
  }

  // The place of a frame's map; a map that takes no percentage has one step only.
  at(step, frame) {
    return (this.ranked ? step * this.frames : 0) + frame;
  }

  cellsAt(step, frame) {
    const number = this.at(step, frame);
    const from = number * this.size;
    const low = this.low[number];
    const gain = this.step[number];
    for (let i = 0; i < this.size; i++) this.map[i] = low + gain * this.levels[from + i];
    return this.map;
  }

  // Enlarge the map of a frame and return how its values become 0 ... 1.
  enlarge(step, frame, together) {
    const own = enlarge(this.cellsAt(step, frame), this.wide, this.axes.rows, this.axes.columns, this.values, this.scratch);
    const number = 2 * (this.ranked ? step : 0);
    const range = together ? { low: this.ranges[number], high: this.ranges[number + 1] } : own;
    return { low: range.low, gain: gainOf(range) };
  }

  // The cell of the largest value, as shares of the height and the width.
  peak(step, frame) {
    const from = this.at(step, frame) * this.size;
    let best = 0;
    for (let i = 1; i < this.size; i++) if (this.levels[from + i] > this.levels[from + best]) best = i;
    return [(Math.floor(best / this.wide) + 0.5) / this.tall, ((best % this.wide) + 0.5) / this.wide];
  }
}

// What lies under the maps of a frame: the face in colour, in grey, or nothing.
function underneath(pixels, base, out) {
  for (let i = 0; i < pixels.length; i += 4) {
    if (base === "colour") {
      out[i] = pixels[i];
      out[i + 1] = pixels[i + 1];
      out[i + 2] = pixels[i + 2];
    } else {
      const grey = base === "grey" ? 0.299 * pixels[i] + 0.587 * pixels[i + 1] + 0.114 * pixels[i + 2] : 0;
      out[i] = out[i + 1] = out[i + 2] = grey;
    }
    out[i + 3] = 255;
  }
}

// On the scale of a clip, values between two sampled pixels may lie a little outside of 0 ... 1.
function clamped(values, { low, gain }) {
  for (let i = 0; i < values.length; i++) {
    const value = (values[i] - low) * gain;
    values[i] = value < 0 ? 0 : value > 1 ? 1 : value;
  }
}

// A row of colours, one per value 0 ... 1, on a canvas of that many columns.
function paintRow(context, values, lut) {
  const image = context.createImageData(values.length, 1);
  values.forEach((value, x) => {
    const colour = 3 * Math.round(255 * Math.min(1, Math.max(0, value || 0)));
    image.data.set([lut[colour], lut[colour + 1], lut[colour + 2], 255], 4 * x);
  });
  context.putImageData(image, 0, 0);
}

// The sheet of the sound, low coefficients at the bottom, with a heatmap over it.
function paintSound(context, sheet, heat, [rows, columns], lut, opacity) {
  const image = context.createImageData(columns, rows);
  for (let row = 0, from = 0; row < rows; row++) {
    for (let x = 0, to = (rows - 1 - row) * columns * 4; x < columns; x++, from++, to += 4) {
      const colour = heat ? 3 * heat[from] : 0;
      for (let c = 0; c < 3; c++) image.data[to + c] = heat ? sheet[from] * (1 - opacity) + lut[colour + c] * opacity : sheet[from];
      image.data[to + 3] = 255;
    }
  }
  context.putImageData(image, 0, 0);
}

// A signed value per frame as bars from the middle: up speaks for the class, down against it.
const BAR_ROWS = 41;
const FOR = [26, 154, 165, 255];
const AGAINST = [217, 130, 43, 255];

function paintSigned(context, values, from, count) {
  const image = context.createImageData(count, BAR_ROWS);
  const middle = (BAR_ROWS - 1) / 2;
  for (let x = 0; x < count; x++) {
    const tall = Math.round((values[from + x] / 127) * middle);
    const colour = tall > 0 ? FOR : AGAINST;
    for (let y = 0; y <= Math.abs(tall); y++) image.data.set(y || tall ? colour : [128, 128, 128, 120], 4 * ((middle - Math.sign(tall) * y) * count + x));
  }
  context.putImageData(image, 0, 0);
}
