// @ts-check
// Below the time line: the gates at the cursor, and what counts, the sound or the face.

import { Histogram, countBins } from "../js/charts.js";
import { countOf, decode, paperRule, ranked } from "../js/maths.js";
import { find, write } from "../js/page.js";

/** @typedef {import("./data.js").ClipData} ClipData */
/** @typedef {import("./data.js").HalfData} HalfData */
/** @typedef {import("./data.js").ModalityData} ModalityData */
/** @typedef {import("./data.js").WeightData} WeightData */

export class Cards {
  /**
   * @param {ParentNode} root
   * @param {ClipData} data
   */
  constructor(root, { scores, constancy, further }) {
    const { label, top, rule, shape } = scores;
    this.root = root;
    this.data = scores;
    this.values = decode(scores.values, Float32Array);
    this.key = "";
    this.histogram = new Histogram(find(root, ".histogram"), {
      top,
      ruled: Boolean(rule),
      tick: (value) => String(Number(value.toPrecision(2))),
      role: "img",
    });
    find(root, ".gates-title").textContent =
      `${label === "SE value" ? "SE values (gates)" : "Mean activation"} at the cursor, ${shape[1]} channels`;
    write(find(root, ".rule-text"), "");
    write(find(root, ".constancy"), constancy?.text ?? "");
    find(root, ".constancy").classList.toggle("constant", Boolean(constancy?.constant));
    find(root, ".modality-card").hidden = !further?.modality;
    if (further?.modality) this.compare(further.modality);
  }

  /** @param {ModalityData} modality */
  compare({ halves, verdict, differs }) {
    find(this.root, ".halves").replaceChildren(...halves.map(halfOf));
    write(find(this.root, ".verdict"), verdict);
    find(this.root, ".verdict").classList.toggle("differs", differs);
  }

  /**
   * Show the gates of a frame.
   * @param {number} frame
   * @param {number} percent
   */
  show(frame, percent) {
    const {
      label,
      rule,
      shape: [rows, channels],
    } = this.data;
    const row = Math.min(frame, rows - 1);
    const count = countOf(percent, channels);
    const key = `${row} ${count}`;
    if (this.key === key) return;
    this.key = key;
    const scores = this.values.subarray(row * channels, (row + 1) * channels);
    const chosen = new Set(ranked(scores).slice(0, count));
    this.histogram.show(countBins(scores, this.data.top, (channel) => chosen.has(channel)));
    this.histogram.svg.setAttribute(
      "aria-label",
      `Histogram of the ${label} of ${channels} channels at the cursor, ${count} of them chosen`,
    );
    write(find(this.root, ".count"), `Filled: the ${count} of ${channels} channels in the map.`);
    if (rule) this.showRule(scores, rule, percent);
  }

  /**
   * @param {Float32Array} scores
   * @param {number} z
   * @param {number} percent
   */
  showRule(scores, z, percent) {
    const { threshold, count } = paperRule(scores, z);
    this.histogram.showRule(threshold, `paper: mean + ${z} σ = ${threshold.toFixed(2)}: ${count}`);
    write(
      find(this.root, ".rule-text"),
      count
        ? `The paper's rule would take ${count} here.`
        : `The paper's rule selects no channel here; shown: exact top ${percent} %.`,
    );
  }
}

/**
 * What counts, by one measure.
 * @param {HalfData} half
 */
function halfOf({ title, about, rows }) {
  const [half, heading, line] = ["div", "h4", "span"].map((name) => document.createElement(name));
  heading.textContent = title;
  line.textContent = about;
  heading.append(line);
  half.append(heading, ...rows.map(weightRow));
  return half;
}

/** @param {WeightData} weight */
function weightRow({ name, share, text, tone }) {
  const [row, title, bar, value] = ["div", "b", "i", "output"].map((kind) => document.createElement(kind));
  row.className = "weight";
  title.textContent = name;
  bar.style.setProperty("--share", `${Math.max(0, Math.min(100, 100 * share))}%`);
  if (tone) bar.style.setProperty("--tone", tone);
  value.textContent = text;
  row.append(title, bar, value);
  return row;
}
