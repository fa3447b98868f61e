// The viewer: state, drawing of what changed, and the wiring of the controls. It asks the server for nothing while a
// slider moves and tells it the settings when the slider is released.

const SIDE = 288; // pixels of the longer side of a drawing

// The outline of a part of the picture, as shares of its sides.
function outline([top, left, height, width]) {
  const part = document.createElement("i");
  part.className = "part";
  const sides = { top, left, height, width };
  for (const [side, share] of Object.entries(sides)) part.style[side] = `${100 * share}%`;
  return part;
}

class Viewer {
  constructor(root) {
    this.root = root;
    this.find = (selector) => root.querySelector(selector);
    this.frame = 0;
    this.redraws = 0;
    this.wire();
  }

  // Take new data; the settings of the visitor stay.
  async load(data) {
    this.data = data;
    this.settings ??= { ...data.start };
    this.picked = null;
    const features = decode(data.features, Float32Array);
    const image = new Image();
    image.src = data.picture;
    await image.decode();
    if (this.data !== data) return; // newer data came meanwhile
    const size = fit(data.width, data.height, SIDE);
    const scale = size.width / data.width;
    const box = (smooth, rows, columns) => ({
      rows: axis(rows, size.height, data.view[0] * scale, data.view[2] * scale, smooth),
      columns: axis(columns, size.width, data.view[1] * scale, data.view[3] * scale, smooth),
    });
    const { rows, columns } = box(false, 1, 1);
    const [tall, wide] = data.cells;
    Object.assign(this, { size, features, cells: tall * wide, pixels: pixelsOf(image, size.width, size.height) });
    this.box = { top: rows.first, left: columns.first, height: rows.count, width: columns.count };
    this.groups = (data.groups ?? [data]).map((group) => this.groupOf(group));
    this.group = 0;
    this.luts = Object.fromEntries(Object.entries(data.luts).map(([name, text]) => [name, { name, colours: decode(text, Uint8Array) }]));
    this.panels = data.panels.map((panel) => this.panelOf(panel, box));
    this.build();
    this.refresh(true);
    this.announce();
    if (data.tell && !this.told) this.send("drawn", (this.told = true));
  }

  // What is asked of the picture: the scores of the channels for it, and what each adds.
  groupOf(group) {
    const contributions = decode(group.contributions, Float32Array);
    const evidence = signed(contributions.reduce((all, value) => all + value, 0));
    const scores = { values: decode(group.scores, Float32Array), order: decode(group.order, Int32Array) };
    return { ...group, scores, contributions, evidence };
  }

  // The one whose channels are shown beside the pictures.
  get current() {
    return this.groups[this.group];
  }

  panelOf(panel, box) {
    const [tall, wide] = panel.cells;
    const smooth = panel.interpolation === "bicubic";
    const made = { ...panel, wide, axes: box(smooth, tall, wide), values: new Float32Array(this.box.height * this.box.width) };
    made.scratch = new Float32Array(tall * Math.max(1, this.box.width));
    if (panel.map) return { ...made, map: decode(panel.map, Float32Array) };
    if (!panel.order) return made;
    const order = decode(panel.order, Int32Array);
    const weights = panel.weights && decode(panel.weights, Float32Array);
    const rest = panel.rest && decode(panel.rest, Float32Array);
    return { ...made, order, weights, rest, stack: percentMaps(this.features, this.cells, order, weights, rest) };
  }

  // How many channels the map of a panel is made of.
  countIn(panel) {
    const ruled = panel.gated && this.settings.rule === "paper" && this.groups[panel.group].rule?.count;
    return ruled || countOf(this.settings.percent, panel.order.length);
  }

  // The channels that a panel shows alone, if the visitor picked some of those that it is made of.
  pickedIn(panel) {
    return panel.gated && panel.group === this.group ? this.picked : null;
  }

  mapOf(panel) {
    if (panel.map) return panel.map;
    const mean = (channels) => meanOf(this.features, this.cells, channels, panel.weights, panel.rest);
    const picked = this.pickedIn(panel);
    if (picked) return mean(picked);
    const count = this.countIn(panel);
    if (count !== countOf(this.settings.percent, panel.order.length)) return mean(panel.order.subarray(0, count));
    return panel.stack.subarray((this.settings.percent - 1) * this.cells, this.settings.percent * this.cells);
  }

  build() {
    const { data, size } = this;
    const template = this.find(".panel-template").content;
    const figures = this.panels.map((panel) => {
      const figure = template.cloneNode(true).querySelector("figure");
      panel.canvas = figure.querySelector("canvas");
      Object.assign(panel.canvas, size);
      panel.context = panel.canvas.getContext("2d");
      panel.image = panel.context.createImageData(size.width, size.height);
      panel.valueText = figure.querySelector(".value");
      figure.querySelector(".title").textContent = panel.title;
      panel.tagText = figure.querySelector(".tag");
      Object.assign(panel.tagText, { textContent: panel.tag, title: panel.summary });
      figure.querySelector(".note").textContent = panel.note;
      const stage = figure.querySelector(".stage");
      stage.addEventListener("pointermove", (event) => this.point(event));
      stage.addEventListener("pointerleave", () => this.point(null));
      stage.append(...(data.boxes ?? []).map(outline));
      return figure;
    });
    const first = (panel, place) => panel.group !== this.panels[place - 1]?.group && this.groups.length > 1;
    const rows = figures.flatMap((figure, place) => (first(this.panels[place], place) ? [this.heading(this.panels[place].group), figure] : figure));
    this.find(".panels").replaceChildren(...rows);
    this.find(".panels").style.setProperty("--ratio", `${size.width} / ${size.height}`);
    this.find(".panels").style.setProperty("--columns", data.columns ?? 3);
    this.find(".viewer").classList.toggle("grouped", Boolean(data.groups));
    this.find(".answer").textContent = data.answer;
    this.find(".map").replaceChildren(...Object.entries(data.titles).map(([value, text]) => new Option(text, value)));
    const ranked = this.panels.some((panel) => panel.order);
    this.find(".percent").disabled = !ranked;
    this.find(".whose").hidden = this.groups.length < 2;
    this.find(".whose-select").replaceChildren(...this.groups.map((group, number) => new Option(group.target, number)));
    this.buildEvidence();
  }

  // The title of a row of pictures.
  heading(number) {
    const { heading, told } = this.groups[number];
    const title = document.createElement("h3");
    const name = document.createElement("strong");
    title.className = "heading";
    name.textContent = heading;
    title.append(name, ` ${told}`);
    return title;
  }

  // Histogram and strongest channels of one group.
  buildEvidence() {
    const { data, current } = this;
    this.find(".check").hidden = !current.rule;
    this.find(".histogram-title").textContent = `${data.label} of ${current.scores.order.length} channels`;
    this.find(".tiles-title").textContent = "Strongest channels, one by one";
    this.find(".legend").textContent = `Bold: ${data.label}; below it: what the channel adds to the logit of ${current.target}.`;
    const evidence = { ...current.scores, scores: current.scores.values, contributions: current.contributions, features: this.features, cells: this.cells };
    Object.assign(evidence, { rows: data.cells[0], columns: data.cells[1], rule: current.rule, label: data.label });
    const pick = (channels, text) => this.pick(channels, text);
    this.fillHistogram = histogram(this.find(".histogram"), evidence, pick);
    this.fillTiles = tiles(this.find(".tiles"), evidence, pick);
  }

  // Draw on the next frame; `everything` when not only the number of channels changed.
  request(everything) {
    this.everything ||= everything;
    this.frame ||= requestAnimationFrame(() => {
      this.frame = 0;
      this.refresh(this.everything);
      this.everything = false;
    });
  }

  refresh(everything) {
    const { settings } = this;
    const lut = this.luts[settings.map] ?? Object.values(this.luts)[0];
    if (everything) {
      this.paintUnder(settings.base);
      this.paintRamp(lut);
    }
    for (const panel of this.panels) if (everything || panel.order) this.draw(panel, lut, everything);
    this.explainChoice(lut);
    this.showSettings();
    this.redraws++;
  }

  draw(panel, lut, everything) {
    const { settings, box, size } = this;
    const out = panel.image.data;
    if (!panel.map && !panel.order) out.set(this.original);
    else {
      const key = panel.map ? "fixed" : this.pickedIn(panel) ? this.picked.join() : `top ${this.countIn(panel)}`;
      if (key !== panel.key) {
        const range = enlarge(this.mapOf(panel), panel.wide, panel.axes.rows, panel.axes.columns, panel.values, panel.scratch);
        panel.key = key;
        panel.scale = { low: range.low, gain: gainOf(range) };
      } else if (!everything) return;
      if (everything) out.set(this.under.pixels);
      const opacity = settings.base === "none" ? 1 : settings.opacity / 100;
      paint(out, this.under.pixels, panel.values, panel.scale, lut.colours, opacity, settings.cut / 100, size.width, box);
    }
    panel.context.putImageData(panel.image, 0, 0);
  }

  // The picture below the heatmaps, anew only when it changed.
  paintUnder(base) {
    if (this.under?.base === base && this.under.of === this.pixels) return;
    const pixels = underlay(this.pixels, base, this.size.width, this.box);
    this.under = { base, of: this.pixels, pixels };
    this.original = underlay(this.pixels, "colour", this.size.width, this.box);
  }

  paintRamp({ colours }) {
    const context = this.find(".ramp-canvas").getContext("2d");
    const image = context.createImageData(256, 1);
    for (let i = 0; i < 256; i++) image.data.set([colours[3 * i], colours[3 * i + 1], colours[3 * i + 2], 255], 4 * i);
    context.putImageData(image, 0, 0);
  }
}
