// @ts-check
// Beside the pictures: which channels the map is made of, as a histogram, in words and one by one.

import { BINS, Histogram, binOf } from "../js/charts.js";
import { countOf } from "../js/maths.js";
import { element, find, write } from "../js/page.js";
import { decimals, signed } from "../js/text.js";
import { Tiles } from "./tiles.js";

/** @typedef {import("./content.js").Content} Content */
/** @typedef {import("./content.js").Lut} Lut */
/** @typedef {import("./viewer.js").Viewer} Viewer */
/** @typedef {(channels: number[], text: string) => void} Pick */

/** The channels of one group. */
export class Evidence {
  /**
   * @param {ParentNode} root
   * @param {Content} content
   * @param {number} number of the group
   * @param {Pick} pick
   */
  constructor(root, content, number, pick) {
    const group = content.groups[number];
    const { label } = content.data;
    this.root = root;
    this.label = label;
    this.group = group;
    this.top = group.rule ? 1 : Math.max(...group.scores, 1e-6); // an SE value lies in 0 ... 1
    /** @type {number[][]} */
    this.bins = Array.from({ length: BINS }, () => []);
    for (const channel of group.order) this.bins[binOf(group.scores[channel], this.top)].push(channel);
    find(root, ".check").hidden = !group.rule;
    find(root, ".histogram-title").textContent = `${label} of ${group.order.length} channels`;
    find(root, ".tiles-title").textContent = "Strongest channels, one by one";
    find(root, ".legend").textContent =
      `Bold: ${label}; below it: what the channel adds to the logit of ${group.target}.`;
    this.histogram = this.makeHistogram(pick);
    this.tiles = new Tiles(find(root, ".tiles"), content, group, pick);
  }

  /** @param {Pick} pick */
  makeHistogram(pick) {
    const { label, group, top } = this;
    const tick = (/** @type {number} */ value) => (value ? decimals(value).replace(/\.?0+$/, "") : "0");
    const host = (/** @type {number} */ bin, /** @type {Record<string, number>} */ reach, /** @type {Element} */ svg) =>
      this.makeBin(bin, reach, svg, pick);
    const made = new Histogram(find(this.root, ".histogram"), {
      top,
      ruled: Boolean(group.rule),
      tick,
      role: "group",
      host,
    });
    made.svg.setAttribute("aria-label", `Histogram of the ${label} of ${group.scores.length} channels`);
    if (group.rule)
      made.showRule(
        group.rule.threshold,
        `mean + ${group.rule.z} σ = ${group.rule.threshold.toFixed(2)}: ${group.rule.count}`,
      );
    return made;
  }

  /**
   * Make a bin that can be pressed, where it has channels.
   * @param {number} number
   * @param {Record<string, number>} reach
   * @param {Element} svg
   * @param {Pick} pick
   */
  makeBin(number, reach, svg, pick) {
    const { label, top } = this;
    const bin = this.bins[number];
    const range = `${decimals((number * top) / BINS)} to ${decimals(((number + 1) * top) / BINS)}`;
    const name = `${bin.length} channels, ${label} ${range}`;
    const group = element(
      "g",
      bin.length ? { class: "bin", tabindex: 0, role: "button", "aria-label": `${name}: show them alone` } : {},
      svg,
    );
    element("title", {}, group, name);
    element("rect", { class: "reach", ...reach }, group);
    const text = `${bin.length === 1 ? "1 channel" : `${bin.length} channels`} with ${label} ${range}`;
    if (bin.length) makePressable(group, () => pick(bin, text));
    return group;
  }

  /**
   * Show which channels the maps of a viewer are made of now.
   * @param {Viewer} viewer
   * @param {Lut} lut
   */
  show(viewer, lut) {
    const { picked, pickedText, settings } = viewer;
    const total = this.group.order.length;
    const channels = viewer.chosen();
    const chosen = new Set(channels);
    const counts = {
      all: this.bins.map((bin) => bin.length),
      chosen: this.bins.map((bin) => bin.filter((channel) => chosen.has(channel)).length),
    };
    this.histogram.show(counts);
    this.tiles.show(picked ? countOf(settings.percent, total) : channels.length, chosen, lut, picked);
    const how = this.how(viewer);
    write(
      find(this.root, ".account"),
      viewer.content.data.account.replace("{count}", String(channels.length)).replace("{how}", how),
    );
    write(find(this.root, ".count"), `${channels.length} of ${total} channels shown (${how}).${this.ruleText(viewer)}`);
    const part = signed(channels.reduce((all, channel) => all + this.group.contributions[channel], 0));
    write(
      find(this.root, ".share"),
      `Together they add ${part} of the ${this.group.evidence} that all channels add to the logit of ${this.group.target}.`,
    );
    find(this.root, ".single").hidden = !picked;
    write(find(this.root, ".single-text"), picked ? `Only ${pickedText}.` : "");
  }

  /**
   * By what the channels were chosen.
   * @param {Viewer} viewer
   */
  how({ picked, pickedText, settings, isRuled }) {
    if (picked) return `${pickedText}, alone`;
    return isRuled ? `the paper's rule, mean + ${this.group.rule?.z} σ` : `top ${settings.percent} %`;
  }

  /** @param {Viewer} viewer */
  ruleText({ picked, settings, isRuled }) {
    const { rule } = this.group;
    if (!rule || isRuled || picked) return "";
    if (!rule.count)
      return ` The paper's rule (mean + ${rule.z} σ = ${rule.threshold.toFixed(2)}) selects no channel here; shown: the exact top ${settings.percent} %.`;
    return ` The paper's rule (mean + ${rule.z} σ) would take ${rule.count}.`;
  }
}

/**
 * @param {Element} target
 * @param {() => void} action
 */
function makePressable(target, action) {
  target.addEventListener("click", action);
  target.addEventListener("keydown", (event) => {
    if (!(event instanceof KeyboardEvent) || (event.key !== "Enter" && event.key !== " ")) return;
    event.preventDefault();
    event.stopPropagation();
    action();
  });
}
