// @ts-check
// What a row of the time line is made of: every row has the same axis, frame t covers t ... t + 1 of T.

import { copyOf, element, find, resized } from "../js/page.js";

/** @typedef {ReturnType<typeof rowOf>} Row */

const QUIET = 1600; // of 32767: what is softer fills no row
const POINTS = 1200; // of a waveform
const TALL = 100; // height of a row in the units of its drawing
const STEPS = [0.5, 1, 2, 5, 10, 20]; // seconds between two ticks, the longest where there are too many: 60
const MOST = 8; // ticks

/**
 * A new row at the end of the time line.
 * @param {ParentNode} root
 * @param {string} name
 * @param {string} about
 * @param {string} tall
 */
export function rowOf(root, name, about, tall) {
  const row = copyOf(root, ".row-template");
  const [plot, now, aside, extra] = [".plot", ".now", ".about", ".extra"].map((selector) => find(row, selector));
  find(row, ".name").textContent = name;
  aside.textContent = about;
  plot.style.setProperty("--tall", tall);
  find(root, ".rows").append(row);
  return { plot, now, about: aside, extra };
}

/**
 * A drawing over the width of a row.
 * @param {Element} plot
 * @param {number} frames
 * @param {string} text what is seen
 */
export function drawingIn(plot, frames, text) {
  return element(
    "svg",
    { viewBox: `0 0 ${frames} ${TALL}`, preserveAspectRatio: "none", role: "img", "aria-label": text },
    plot,
  );
}

/**
 * A canvas over the width of a row.
 * @param {Element} plot
 * @param {number} width
 * @param {number} height
 * @param {string} text what is seen
 */
export function canvasIn(plot, width, height, text) {
  const canvas = document.createElement("canvas");
  canvas.setAttribute("role", "img");
  canvas.setAttribute("aria-label", text);
  plot.append(canvas);
  return resized(canvas, width, height);
}

/**
 * A group in which 0 ... 1 lies between the edges, above a band, with a line at one half.
 * @param {Element} drawing
 * @param {number} frames
 * @param {number} band its height
 */
export function chart(drawing, frames, band) {
  const group = element("g", { transform: `translate(0 4) scale(1 ${(TALL - band - 8) / TALL})` }, drawing);
  element("line", { class: "half", x1: 0, x2: frames, y1: TALL / 2, y2: TALL / 2 }, group);
  return group;
}

/**
 * Values 0 ... 1 as the points of a line, each at the middle of its frame.
 * @param {Float32Array} values
 */
export function pathOf(values) {
  return Array.from(
    values,
    (value, frame) => `${frame ? "L" : "M"}${frame + 0.5} ${(TALL * (1 - value)).toFixed(1)}`,
  ).join("");
}

/**
 * Runs of equal entries: [value, first, one after the last].
 * @template T
 * @param {T[]} values
 */
export function runsOf(values) {
  /** @type {[T, number, number][]} */
  const runs = [];
  values.forEach((value, frame) => {
    const last = runs.at(-1);
    if (last && last[0] === value) last[2] = frame + 1;
    else runs.push([value, frame, frame + 1]);
  });
  return runs;
}

/**
 * @param {Element} plot
 * @param {Int16Array} samples
 * @param {number} frames
 */
export function waveform(plot, samples, frames) {
  const count = Math.min(POINTS, samples.length);
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
  element(
    "path",
    { class: "wave", d: `M${[...above, ...below].join("L")}Z` },
    drawingIn(plot, frames, "Waveform of the sound"),
  );
}

/**
 * The probability of a class; below it a band that is filled where it is true, with the errors marked.
 * @param {Element} plot
 * @param {import("./clip.js").Clip} clip
 */
export function chances(plot, { data, chances: values, wrong }) {
  const band = data.labels ? 14 : 0;
  const drawing = drawingIn(
    plot,
    data.frames,
    `Probability of ${data.target} in every frame${data.labels ? ", below it the truth" : ""}`,
  );
  for (const [label, first, last] of runsOf(data.labels ?? []))
    if (label === data.asked) {
      element("rect", { class: "spoken-part", x: first, y: 0, width: last - first, height: TALL }, drawing);
      element(
        "rect",
        { class: "bar-chosen", x: first, y: TALL - band + 6, width: last - first, height: band - 6 },
        drawing,
      );
    }
  for (const [isWrong, first, last] of runsOf(wrong ?? []))
    if (isWrong)
      element("rect", { class: "wrong-part", x: first, y: TALL - band, width: last - first, height: 5 }, drawing);
  element("path", { class: "line", d: pathOf(values) }, chart(drawing, data.frames, band));
}

/**
 * @param {Element} host
 * @param {number} frames
 * @param {number} fps
 */
export function ticks(host, frames, fps) {
  const seconds = frames / fps;
  const step = STEPS.find((one) => seconds / one <= MOST) ?? 60;
  for (let at = 0; at < seconds - step / 4; at += step) {
    const tick = document.createElement("span");
    tick.textContent = `${at} s`;
    tick.style.left = `${(100 * at) / seconds}%`;
    host.append(tick);
  }
}
