// The rows of the time line, drawn once: every row has the same axis, frame t covers t ... t + 1 of T.

const QUIET = 1600; // of 32767: what is softer fills no row
const TALL = 100; // height of a row in the units of its drawing

function rowOf(player, name, about, tall) {
  const row = player.find(".row-template").content.cloneNode(true).querySelector(".row");
  row.querySelector(".name").textContent = name;
  row.querySelector(".about").textContent = about;
  const plot = row.querySelector(".plot");
  plot.style.setProperty("--tall", tall);
  player.find(".rows").append(row);
  return { row, plot, name: row.querySelector(".name"), now: row.querySelector(".now"), about: row.querySelector(".about"), extra: row.querySelector(".extra") };
}

function drawingIn(plot, frames, text) {
  return element("svg", { viewBox: `0 0 ${frames} ${TALL}`, preserveAspectRatio: "none", role: "img", "aria-label": text }, plot);
}

function canvasIn(plot, width, height, text) {
  const canvas = document.createElement("canvas");
  canvas.setAttribute("role", "img");
  canvas.setAttribute("aria-label", text);
  plot.append(canvas);
  return canvasOf(canvas, width, height);
}

// Values 0 ... 1 as the points of a line, each at the middle of its frame.
function pathOf(values) {
  return Array.from(values, (value, frame) => `${frame ? "L" : "M"}${frame + 0.5} ${(TALL * (1 - value)).toFixed(1)}`).join("");
}

// Runs of equal entries: [value, first, one after the last].
function runsOf(values) {
  const runs = [];
  values.forEach((value, frame) => {
    if (runs.length && runs.at(-1)[0] === value) runs.at(-1)[2] = frame + 1;
    else runs.push([value, frame, frame + 1]);
  });
  return runs;
}

function waveform(plot, samples, frames) {
  const count = Math.min(1200, samples.length);
  const above = [];
  const below = [];
  const loudest = samples.reduce((most, value) => Math.max(most, Math.abs(value)), QUIET);
  for (let i = 0; i < count; i++) {
    let low = 0;
    let high = 0;
    for (let at = Math.floor((i * samples.length) / count); at < Math.floor(((i + 1) * samples.length) / count); at++) {
      low = Math.min(low, samples[at]);
      high = Math.max(high, samples[at]);
    }
    const x = ((i + 0.5) * frames) / count;
    above.push(`${x.toFixed(2)} ${(50 - (48 * high) / loudest).toFixed(1)}`);
    below.unshift(`${x.toFixed(2)} ${(51 - (48 * low) / loudest).toFixed(1)}`);
  }
  element("path", { class: "wave", d: `M${[...above, ...below].join("L")}Z` }, drawingIn(plot, frames, "Waveform of the sound"));
}

// A group in which 0 ... 1 lies between the edges, above a band, with a line at one half.
function chart(drawing, frames, band) {
  const group = element("g", { transform: `translate(0 4) scale(1 ${(TALL - band - 8) / TALL})` }, drawing);
  element("line", { class: "half", x1: 0, x2: frames, y1: TALL / 2, y2: TALL / 2 }, group);
  return group;
}

// The speaking probability; below it a band that is filled where somebody truly speaks, with the errors marked.
function chances(plot, data, values) {
  const band = data.labels ? 14 : 0;
  const drawing = drawingIn(plot, data.frames, `Probability of ${data.target} in every frame${data.labels ? ", below it the truth" : ""}`);
  for (const [label, first, last] of runsOf(data.labels ?? []))
    if (label === data.asked) {
      element("rect", { class: "spoken-part", x: first, y: 0, width: last - first, height: TALL }, drawing);
      element("rect", { class: "bar-chosen", x: first, y: TALL - band + 6, width: last - first, height: band - 6 }, drawing);
    }
  for (const [wrong, first, last] of runsOf(data.wrong ?? []))
    if (wrong) element("rect", { class: "wrong-part", x: first, y: TALL - band, width: last - first, height: 5 }, drawing);
  element("path", { class: "line", d: pathOf(values) }, chart(drawing, data.frames, band));
}

function ticks(host, frames, fps) {
  const seconds = frames / fps;
  const step = [0.5, 1, 2, 5, 10, 20].find((one) => seconds / one <= 8) ?? 60;
  for (let at = 0; at < seconds - step / 4; at += step) {
    const tick = document.createElement("span");
    tick.textContent = `${at} s`;
    tick.style.left = `${(100 * at) / seconds}%`;
    host.append(tick);
  }
}

Object.assign(Player.prototype, {
  buildRows() {
    const { data, find } = this;
    find(".rows").replaceChildren();
    this.rows = { strips: [] };
    this.soundRows();
    this.chanceRows();
    this.panels.forEach((maps, place) => this.stripRow(maps, place ? "" : data.strip));
    if (data.further) this.furtherRows(data.further);
    const axis = rowOf(this, "", "", "1.1rem");
    axis.plot.classList.add("ticks");
    ticks(axis.plot, data.frames, data.fps);
    find(".track").setAttribute("aria-valuemax", data.frames);
  },

  soundRows() {
    const { data } = this;
    if (this.samples) waveform(rowOf(this, "Sound", "waveform", "2.2rem").plot, this.samples, data.frames);
    if (!data.sheet) return;
    const row = rowOf(this, "Sound as the net hears it", "", "2.6rem");
    const [rows, columns] = data.sheet.size;
    const context = canvasIn(row.plot, columns, rows, "Mel cepstrum of the sound, 13 coefficients, with its heatmap");
    const hearing = this.panels.filter((maps) => maps.sheet);
    if (hearing.length) {
      const select = document.createElement("select");
      select.setAttribute("aria-label", "Heatmap over the sound");
      select.append(...hearing.map((maps) => new Option(maps.title, maps.title)), new Option("no heat", ""));
      select.value = hearing.some((maps) => maps.title === this.settings.heard) ? this.settings.heard : (this.settings.heard = hearing[0].title);
      select.addEventListener("change", () => this.set({ heard: select.value }, true));
      row.about.append("MFCC, 13 rows; heat: ", select);
    } else row.about.textContent = "MFCC, 13 rows; no method here has a map of the sound";
    this.rows.sound = { context, levels: decode(data.sheet.levels, Uint8Array) };
  },

  chanceRows() {
    const { data } = this;
    const row = rowOf(this, `P(${data.target})`, data.labels ? "filled: truly speaking; orange: error" : "the truth is not known", "4.2rem");
    chances(row.plot, data, this.chances);
    this.rows.chance = row.now;
    if (!data.people || data.people.length < 2) return;
    this.rows.people = data.people.map((person) => {
      const one = rowOf(this, person.name, "", "0.8rem");
      one.plot.setAttribute("aria-label", `P(speaking) of ${person.name}`);
      return { ...one, context: canvasIn(one.plot, data.frames, 1, `Probability that ${person.name} speaks, in colours`), values: person.values, first: person.start };
    });
  },

  stripRow(maps, about) {
    const row = rowOf(this, maps.title, about, "0.95rem");
    this.rows.strips.push({ maps, now: row.now, context: canvasIn(row.plot, this.data.frames, 1, `${maps.title} over time: ${this.data.strip}`) });
  },

  furtherRows({ ablations, influence }) {
    const { data, settings } = this;
    const row = rowOf(this, "Why?", "grey: the clip as it is; lines: with something taken away", "4.2rem");
    const drawing = chart(drawingIn(row.plot, data.frames, "Probability after something was taken away"), data.frames, 0);
    element("path", { class: "line back", d: pathOf(this.chances) }, drawing);
    this.rows.why = ablations.map((one, place) => {
      const values = decode(one.scores, Float32Array);
      const { tone, dash } = LINES[place % LINES.length];
      const line = element("path", { class: "line thin", d: pathOf(values), style: `stroke: ${tone}`, "stroke-dasharray": dash }, drawing);
      const label = document.createElement("label");
      const box = Object.assign(document.createElement("input"), { type: "checkbox", checked: settings.why.includes(one.name) });
      const now = document.createElement("output");
      label.style.setProperty("--tone", tone);
      label.style.setProperty("--dash", dash === "none" ? "solid" : "dashed");
      label.append(box, document.createElement("i"), one.title, now);
      line.style.display = box.checked ? "" : "none";
      box.addEventListener("change", () => {
        line.style.display = box.checked ? "" : "none";
        settings.why = box.checked ? [...settings.why, one.name] : settings.why.filter((name) => name !== one.name);
      });
      row.extra.append(label);
      return { values, now };
    });
    if (!influence) return;
    const which = rowOf(this, "Frames that mattered", "for the frame under the cursor; up: for it, down: against", "2.6rem");
    this.rows.influence = { values: decode(influence, Int8Array), about: which.now, context: canvasIn(which.plot, data.frames, BAR_ROWS, "What each frame added to the answer for the frame under the cursor") };
  },

  // What follows the percentage or the colours: the strips and the sheet of the sound.
  paintRows(lut) {
    const { rows, data, settings, step } = this;
    for (const { maps, context } of rows.strips) {
      const from = maps.at(step, 0);
      paintRow(context, maps.strip.subarray(from, from + data.frames), lut);
    }
    for (const { context, values, first } of rows.people ?? []) {
      const line = new Float32Array(data.frames);
      line.set(values.slice(0, data.frames - first), first);
      paintRow(context, line, lut);
    }
    if (!rows.sound) return;
    const heat = this.panels.find((maps) => maps.sheet && maps.title === settings.heard)?.sheet;
    paintSound(rows.sound.context, rows.sound.levels, heat, data.sheet.size, lut, settings.opacity / 100);
  },

  // What follows the cursor at once, and in words.
  paintMoment(frame) {
    const { rows, data } = this;
    this.find(".slide").style.transform = `translateX(${(100 * (frame + 0.5)) / data.frames}%)`;
    if (rows.influence) paintSigned(rows.influence.context, rows.influence.values, frame * data.frames, data.frames);
  },

  sayMoment(frame) {
    const { rows, data, step } = this;
    write(rows.chance, percentOf(this.chances[frame]));
    for (const { maps, now } of rows.strips) write(now, percentOf(maps.strip[maps.at(step, frame)]));
    for (const { values, now, first } of rows.people ?? []) write(now, frame < first || frame >= first + values.length ? "not in the picture" : percentOf(values[frame - first]));
    for (const { values, now } of rows.why ?? []) write(now, percentOf(values[frame]));
    if (rows.influence) write(rows.influence.about, nearShare(rows.influence.values, frame, data.frames));
  },
});

const NEAR = 5;

// How much of what mattered lies close to the cursor.
function nearShare(values, frame, frames) {
  let near = 0;
  let all = 0;
  for (let other = 0; other < frames; other++) {
    const size = Math.abs(values[frame * frames + other]);
    all += size;
    if (Math.abs(other - frame) <= NEAR) near += size;
  }
  return all ? `${Math.round((100 * near) / all)} % within ${NEAR} frames` : "";
}

const LINES = [
  { tone: "#2f86c9", dash: "none" },
  { tone: "#56b4e9", dash: "7 3" },
  { tone: "#12a37c", dash: "2 3" },
  { tone: "#d55e00", dash: "none" },
  { tone: "#cc79a7", dash: "none" },
  { tone: "#c9a227", dash: "7 3" },
];
