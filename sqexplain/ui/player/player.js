// The player: one clip, one cursor. While the cursor or a slider moves nothing is asked of the server; it is told the
// settings once they rest.

const TALLEST = 20; // rem of the whole picture
const PATIENCE = 80; // milliseconds between two changes of the words

class Player {
  constructor(root) {
    this.root = root;
    this.find = (selector) => root.querySelector(selector);
    this.frame = 0;
    this.handle = 0;
    this.redraws = 0;
    this.said = 0;
    this.clock = new Clock((time) => this.move(this.frameAt(time)), () => this.showClock());
    this.wire();
  }

  // Take new data; the settings of the visitor stay, and within one clip the cursor too.
  async load(data) {
    const known = this.data;
    this.loading = data;
    const faces = new Sheet(data.faces);
    const whole = data.whole && new Sheet(data.whole);
    await Promise.all([faces.image.decode(), whole?.image.decode()]);
    if (this.loading !== data) return; // newer data came meanwhile
    const same = known?.clip === data.clip;
    this.settings ??= { ...data.start, heard: "", why: ["muted", "frozen", "mouth"] };
    if (!same) this.frame = Math.min(data.frames - 1, data.start.frame);
    Object.assign(this, { data, faces, whole });
    this.chances = decode(data.chances, Float32Array);
    data.wrong = data.labels?.map((label, frame) => label >= 0 && (label === data.asked) !== this.chances[frame] > 0.5);
    this.luts = Object.fromEntries(Object.entries(data.luts).map(([name, text]) => [name, decode(text, Uint8Array)]));
    if (!same) {
      clearTimeout(this.pause);
      this.samples = data.sound && decode(data.sound, Int16Array);
      this.clock.load(this.samples, data.frames / data.fps, data.fps);
      this.clock.seek((this.frame + 0.5) / data.fps);
    }
    this.build();
    this.refresh(true);
    this.announce();
  }

  build() {
    const { data, find } = this;
    this.panels = data.panels.map((panel) => new Maps(panel, data.frames));
    const template = find(".panel-template").content;
    const figures = this.panels.map((maps) => {
      const figure = template.cloneNode(true).querySelector("figure");
      maps.canvas = figure.querySelector("canvas");
      maps.context = canvasOf(maps.canvas, SIDE, SIDE);
      maps.image = maps.context.createImageData(SIDE, SIDE);
      maps.image.data.fill(255);
      maps.massText = figure.querySelector(".mass");
      figure.querySelector(".title").textContent = maps.title;
      Object.assign(figure.querySelector(".tag"), { textContent: maps.tag, title: maps.summary });
      figure.querySelector(".note").textContent = maps.note;
      return figure;
    });
    find(".panels").replaceChildren(...figures);
    this.large = canvasOf(find(".face-drawing"), LARGE, LARGE);
    this.small = canvasOf(new OffscreenCanvas(SIDE, SIDE), SIDE, SIDE, { willReadFrequently: true });
    this.under = new Uint8ClampedArray(SIDE * SIDE * 4);
    find(".face-tag").textContent = data.seen;
    find(".map").replaceChildren(...Object.entries(data.titles).map(([value, text]) => new Option(text, value)));
    find(".step").max = data.percents.length - 1;
    find(".step").disabled = !this.panels.some((maps) => maps.ranked);
    find(".topk").style.setProperty("--ten", data.percents.indexOf(10) / Math.max(1, data.percents.length - 1));
    find(".warning").hidden = !data.warning;
    write(find(".warning"), data.warning);
    find(".next-error").hidden = !data.labels;
    find(".next-error").disabled = !data.wrong?.some(Boolean);
    find(".next-dispute").hidden = this.panels.length < 2;
    this.buildPeople();
    this.cardKey = "";
    this.buildCards();
    this.buildRows();
  }

  buildPeople() {
    const { data, find, whole } = this;
    find(".whole").hidden = !whole;
    find(".scene").classList.toggle("wide", Boolean(whole));
    if (!whole) return;
    this.wide = canvasOf(find(".wide-drawing"), whole.width, whole.height);
    find(".people").style.maxWidth = `${(TALLEST * whole.width) / whole.height}rem`;
    const many = data.people.length > 1 ? "a box per face, its colour: P(speaking); click a face to explain it" : "the colour of the box: P(speaking)";
    write(find(".whole .tag"), many);
    for (const button of [...find(".people").querySelectorAll(".person")]) button.remove();
    this.people = data.people.map((person, number) => {
      const boxes = decode(person.boxes, Float32Array);
      const button = Object.assign(document.createElement("button"), { type: "button", className: "person" });
      const text = document.createElement("span");
      button.append(text);
      button.setAttribute("aria-pressed", String(number === data.person));
      button.addEventListener("click", () => number === data.person || this.tell("person", number));
      find(".people").append(button);
      return { ...person, boxes, button, text };
    });
  }

  // The steps of the percentage that are here, and the one nearest to what is set.
  get step() {
    const { percents } = this.data;
    const off = percents.map((percent) => Math.abs(percent - this.settings.percent));
    return off.indexOf(Math.min(...off));
  }

  get percent() {
    return this.data.percents[this.step];
  }

  frameAt(time) {
    return Math.min(this.data.frames - 1, Math.max(0, Math.floor(time * this.data.fps + 1e-6)));
  }

  // Show a frame at the next refresh of the screen.
  move(frame) {
    const bounded = Math.min(this.data.frames - 1, Math.max(0, frame));
    if (bounded === this.frame) return;
    this.frame = bounded;
    this.request(false);
  }

  request(everything) {
    this.everything ||= everything;
    this.handle ||= requestAnimationFrame(() => {
      this.handle = 0;
      this.refresh(this.everything);
      this.everything = false;
    });
  }

  refresh(everything) {
    const { settings, frame } = this;
    const lut = this.luts[settings.map] ?? Object.values(this.luts)[0];
    if (everything) {
      this.paintRows(lut);
      paintRow(canvasOf(this.find(".ramp"), 256, 1), Float32Array.from({ length: 256 }, (_, i) => i / 255), lut);
      this.showSettings();
    }
    this.faces.draw(this.large, frame, LARGE, LARGE);
    this.faces.draw(this.small, frame, SIDE, SIDE);
    underneath(this.small.getImageData(0, 0, SIDE, SIDE).data, settings.base, this.under);
    for (const maps of this.panels) this.paintPanel(maps, lut);
    if (this.whole) this.paintPeople(lut);
    this.paintMoment(frame);
    this.showClock();
    this.redraws++;
    this.say(everything);
  }

  // Numbers and words cost the browser more than the pictures, and nobody reads sixty a second.
  say(now) {
    const wait = now ? 0 : this.said + PATIENCE - performance.now();
    clearTimeout(this.saying);
    if (wait > 0) {
      this.saying = setTimeout(() => this.say(true), wait);
      return;
    }
    this.said = performance.now();
    const { frame, data, find } = this;
    for (const maps of this.panels) write(maps.massText, this.massText(maps));
    this.sayMoment(frame);
    this.paintCards(frame);
    this.showMoment();
    find(".track").setAttribute("aria-valuenow", frame + 1);
    find(".track").setAttribute("aria-valuetext", `frame ${frame + 1} of ${data.frames}, ${(frame / data.fps).toFixed(2)} seconds, ${find(".answer").textContent}`);
  }

  paintPanel(maps, lut) {
    const { settings, step, frame } = this;
    clamped(maps.values, maps.enlarge(step, frame, settings.scale === "clip"));
    const opacity = settings.base === "none" ? 1 : settings.opacity / 100;
    paint(maps.image.data, this.under, maps.values, { low: 0, gain: 1 }, lut, opacity, FACE.cut, SIDE, FACE.box);
    maps.context.putImageData(maps.image, 0, 0);
  }

  // How much of a map lies on the mouth, and how many times its share of the area that is.
  massText(maps) {
    const { mouth } = this.data;
    if (!mouth) return "";
    const place = maps.at(this.step, this.frame);
    const area = (name) => mouth[name][this.frame];
    const told = (share, name) => `${percentOf(share)}${area(name) > 0 && !Number.isNaN(share) ? ` (×${(share / area(name)).toFixed(1)})` : ""}`;
    return `on the mouth ${told(maps.strict[place], "strict")}, with 10 px around ${told(maps.wide10[place], "wide10")}`;
  }

  paintPeople(lut) {
    const { whole, people, frame, data } = this;
    whole.draw(this.wide, frame, whole.width, whole.height);
    for (const { boxes, button, text, name, start, values } of people) {
      const at = frame - start;
      const there = at >= 0 && at < values.length;
      button.hidden = !there;
      if (!there) continue;
      const [top, left, tall, wide] = boxes.subarray(4 * at, 4 * at + 4);
      Object.assign(button.style, { top: `${100 * top}%`, left: `${100 * left}%`, height: `${100 * tall}%`, width: `${100 * wide}%` });
      const colour = 3 * Math.round(255 * values[at]);
      button.style.setProperty("--tone", `rgb(${lut[colour]} ${lut[colour + 1]} ${lut[colour + 2]})`);
      button.classList.toggle("low", top < 0.08);
      write(text, `${name}: ${percentOf(values[at])}`);
      button.setAttribute("aria-label", `${name}, ${data.target} ${percentOf(values[at])}: explain this face`);
    }
  }

  showMoment() {
    const { data, frame, find } = this;
    const chance = this.chances[frame];
    const asked = chance > 0.5;
    const other = data.classes.length === 2 ? data.classes[1 - data.asked] : `not ${data.target}`;
    write(find(".answer"), `${asked ? data.target : other} ${percentOf(asked ? chance : 1 - chance)}`);
    const label = data.labels?.[frame] ?? -1;
    write(find(".truth"), label < 0 ? "" : `true: ${data.classes[label]}`);
    find(".truth").classList.toggle("wrong", Boolean(data.wrong?.[frame]));
  }
}
