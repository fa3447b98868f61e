// @ts-check
// The rows of the time line, drawn once, and what in them follows the cursor.

import { decode } from "../js/maths.js";
import { paintRow } from "../js/painting.js";
import { element, find, write } from "../js/page.js";
import { percentOf } from "../js/text.js";
import { BAR_ROWS, paintSigned, paintSound } from "./painting.js";
import { canvasIn, chances, chart, drawingIn, pathOf, rowOf, ticks, waveform } from "./rows.js";

/** @typedef {import("./clip.js").Clip} Clip */
/** @typedef {import("./data.js").FurtherData} FurtherData */
/** @typedef {import("./panel.js").Panel} Panel */
/** @typedef {import("./player.js").State} State */

const NEAR = 5; // frames on both sides of the cursor
const LINES = [
  { tone: "#2f86c9", dash: "none" },
  { tone: "#56b4e9", dash: "7 3" },
  { tone: "#12a37c", dash: "2 3" },
  { tone: "#d55e00", dash: "none" },
  { tone: "#cc79a7", dash: "none" },
  { tone: "#c9a227", dash: "7 3" },
];

export class Timeline {
  /**
   * @param {ParentNode} root
   * @param {Clip} clip
   * @param {Panel[]} panels
   * @param {State} state
   * @param {() => void} redraw called when other rows are to be seen
   */
  constructor(root, clip, panels, state, redraw) {
    const { data } = clip;
    this.root = root;
    this.clip = clip;
    this.panels = panels;
    this.state = state;
    this.redraw = redraw;
    find(root, ".rows").replaceChildren();
    this.sound = this.soundRows();
    this.chance = rowOf(
      root,
      `P(${data.target})`,
      data.labels ? "filled: truly speaking; orange: error" : "the truth is not known",
      "4.2rem",
    );
    chances(this.chance.plot, clip);
    this.people = this.personRows();
    this.strips = panels.map((panel, place) => this.stripRow(panel, place ? "" : data.strip));
    this.ablations = data.further ? this.ablationRow(data.further) : [];
    this.influence = data.further?.influence ? this.influenceRow(data.further.influence) : null;
    const axis = rowOf(root, "", "", "1.1rem");
    axis.plot.classList.add("ticks");
    ticks(axis.plot, data.frames, data.fps);
    find(root, ".track").setAttribute("aria-valuemax", String(data.frames));
  }

  /** The waveform, and the sound as the model hears it. */
  soundRows() {
    const { data, samples } = this.clip;
    if (samples) waveform(rowOf(this.root, "Sound", "waveform", "2.2rem").plot, samples, data.frames);
    if (!data.sheet) return null;
    const row = rowOf(this.root, "Sound as the model hears it", "", "2.6rem");
    const [rows, columns] = data.sheet.size;
    const context = canvasIn(row.plot, columns, rows, "Mel cepstrum of the sound, 13 coefficients, with its heatmap");
    const titles = this.panels.filter((panel) => panel.maps.sheet).map((panel) => panel.title);
    if (titles.length) row.about.append("MFCC, 13 rows; heat: ", this.soundChoice(titles));
    else row.about.textContent = "MFCC, 13 rows; no method here has a map of the sound";
    return { context, sheet: { levels: decode(data.sheet.levels, Uint8Array), size: data.sheet.size } };
  }

  /**
   * The choice of the map that lies over the sound.
   * @param {string[]} titles
   */
  soundChoice(titles) {
    const { state } = this;
    const select = document.createElement("select");
    select.setAttribute("aria-label", "Heatmap over the sound");
    select.append(...titles.map((title) => new Option(title, title)), new Option("no heat", ""));
    if (!titles.includes(state.heard)) state.heard = titles[0];
    select.value = state.heard;
    select.addEventListener("change", () => {
      state.heard = select.value;
      this.redraw();
    });
    return select;
  }

  /** What is said of each of several people. */
  personRows() {
    const { people, frames } = this.clip.data;
    if (!people || people.length < 2) return [];
    return people.map(({ name, values, start }) => {
      const { plot, now } = rowOf(this.root, name, "", "0.8rem");
      plot.setAttribute("aria-label", `P(speaking) of ${name}`);
      const context = canvasIn(plot, frames, 1, `Probability that ${name} speaks, in colours`);
      const line = overFrames(values, start, frames);
      return { now, context, line, values, start };
    });
  }

  /**
   * @param {Panel} panel
   * @param {string} about
   */
  stripRow({ title, maps }, about) {
    const { frames, strip } = this.clip.data;
    const { plot, now } = rowOf(this.root, title, about, "0.95rem");
    return { maps, now, context: canvasIn(plot, frames, 1, `${title} over time: ${strip}`) };
  }

  /**
   * What is said after something was taken away, each with a box to show it.
   * @param {FurtherData} further
   */
  ablationRow({ ablations }) {
    const { state } = this;
    const { frames } = this.clip.data;
    const row = rowOf(this.root, "Why?", "grey: the clip as it is; lines: with something taken away", "4.2rem");
    const drawing = chart(drawingIn(row.plot, frames, "Probability after something was taken away"), frames, 0);
    element("path", { class: "line back", d: pathOf(this.clip.chances) }, drawing);
    return ablations.map(({ name, title, scores }, place) => {
      const values = decode(scores, Float32Array);
      const { tone, dash } = LINES[place % LINES.length];
      const line = element(
        "path",
        { class: "line thin", d: pathOf(values), style: `stroke: ${tone}`, "stroke-dasharray": dash },
        drawing,
      );
      const { label, box, now } = checkOf(title, tone, dash, state.why.includes(name));
      const show = () => (line.style.display = box.checked ? "" : "none");
      box.addEventListener("change", () => {
        show();
        state.why = box.checked ? [...state.why, name] : state.why.filter((one) => one !== name);
      });
      show();
      row.extra.append(label);
      return { values, now };
    });
  }

  /** @param {string} influence */
  influenceRow(influence) {
    const { frames } = this.clip.data;
    const { plot, now } = rowOf(
      this.root,
      "Frames that mattered",
      "for the frame under the cursor; up: for it, down: against",
      "2.6rem",
    );
    return {
      values: decode(influence, Int8Array),
      now,
      context: canvasIn(plot, frames, BAR_ROWS, "What each frame added to the answer for the frame under the cursor"),
    };
  }

  /**
   * Draw what follows the percentage or the colours: the strips and the sheet of the sound.
   * @param {number} step
   * @param {Uint8Array} lut
   * @param {number} opacity
   */
  draw(step, lut, opacity) {
    const { strips, people, sound, panels, state } = this;
    const { frames } = this.clip.data;
    for (const { maps, context } of strips)
      paintRow(context, maps.strip.subarray(maps.at(step, 0), maps.at(step, frames)), lut);
    for (const { context, line } of people) paintRow(context, line, lut);
    if (!sound) return;
    const heat = panels.find((panel) => panel.maps.sheet && panel.title === state.heard)?.maps.sheet ?? null;
    paintSound(sound.context, sound.sheet, heat, lut, opacity);
  }

  /**
   * What follows the cursor at once.
   * @param {number} frame
   */
  move(frame) {
    const { frames } = this.clip.data;
    find(this.root, ".slide").style.transform = `translateX(${(100 * (frame + 0.5)) / frames}%)`;
    if (this.influence) paintSigned(this.influence.context, this.rowAt(frame, this.influence.values));
  }

  /**
   * What follows the cursor in words.
   * @param {number} step
   * @param {number} frame
   */
  say(step, frame) {
    write(this.chance.now, percentOf(this.clip.chances[frame]));
    for (const { maps, now } of this.strips) write(now, percentOf(maps.strip[maps.at(step, frame)]));
    for (const { values, now, start } of this.people)
      write(
        now,
        frame < start || frame >= start + values.length ? "not in the picture" : percentOf(values[frame - start]),
      );
    for (const { values, now } of this.ablations) write(now, percentOf(values[frame]));
    if (this.influence) write(this.influence.now, nearShare(this.rowAt(frame, this.influence.values), frame));
  }

  /**
   * @param {number} frame
   * @param {Int8Array} values (T * T)
   */
  rowAt(frame, values) {
    const { frames } = this.clip.data;
    return values.subarray(frame * frames, (frame + 1) * frames);
  }
}

/**
 * The values (T) of somebody who appears at the frame `start` of the clip, maybe before its first; 0 elsewhere.
 * @param {number[]} values
 * @param {number} start
 * @param {number} frames T
 */
export function overFrames(values, start, frames) {
  return Float32Array.from({ length: frames }, (_, frame) => values[frame - start] ?? 0);
}

/**
 * How much of what mattered lies close to the cursor.
 * @param {Int8Array} values
 * @param {number} frame
 */
function nearShare(values, frame) {
  const sizes = Array.from(values, Math.abs);
  const sum = (/** @type {number[]} */ some) => some.reduce((all, size) => all + size, 0);
  const all = sum(sizes);
  return all
    ? `${Math.round((100 * sum(sizes.slice(Math.max(0, frame - NEAR), frame + NEAR + 1))) / all)} % within ${NEAR} frames`
    : "";
}

/**
 * A box to tick, with the colour of its line and a place for its value.
 * @param {string} title
 * @param {string} tone
 * @param {string} dash
 * @param {boolean} checked
 */
function checkOf(title, tone, dash, checked) {
  const label = document.createElement("label");
  const box = Object.assign(document.createElement("input"), { type: "checkbox", checked });
  const now = document.createElement("output");
  label.style.setProperty("--tone", tone);
  label.style.setProperty("--dash", dash === "none" ? "solid" : "dashed");
  label.append(box, document.createElement("i"), title, now);
  return { label, box, now };
}
