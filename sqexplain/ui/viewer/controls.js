// @ts-check
// The visitor's part of the viewer: controls, keys, the cross-hair, what a screen reader is told.

import { find, write } from "../js/page.js";

/** @typedef {import("./data.js").Settings} Settings */
/** @typedef {import("./viewer.js").Viewer} Viewer */

const REST = 400; // milliseconds after the last key until the server is told

export class Controls {
  /** @param {Viewer} viewer */
  constructor(viewer) {
    this.viewer = viewer;
    this.pause = 0;
    const { host } = viewer;
    this.percent = find(host, ".percent", HTMLInputElement);
    this.opacity = find(host, ".opacity", HTMLInputElement);
    this.cut = find(host, ".cut", HTMLInputElement);
    this.base = find(host, ".base", HTMLSelectElement);
    this.map = find(host, ".map", HTMLSelectElement);
    this.rule = find(host, ".rule", HTMLInputElement);
    this.whose = find(host, ".whose-select", HTMLSelectElement);
    this.onSlide(this.percent, (percent) => viewer.set({ percent }, false));
    this.onSlide(this.opacity, (opacity) => viewer.set({ opacity }, true));
    this.onSlide(this.cut, (cut) => viewer.set({ cut }, true));
    this.onChange(this.base, () => viewer.set({ base: /** @type {Settings["base"]} */ (this.base.value) }, true));
    this.onChange(this.map, () => viewer.set({ map: this.map.value }, true));
    this.onChange(this.rule, () => viewer.set({ rule: this.rule.checked ? "paper" : "topk" }, false));
    this.whose.addEventListener("change", () => this.turnTo(Number(this.whose.value)));
    find(host, ".back").addEventListener("click", () => viewer.pick(null));
    find(host, ".viewer").addEventListener("keydown", (event) => this.onKey(event));
  }

  /**
   * @param {HTMLInputElement} input
   * @param {(value: number) => void} action
   */
  onSlide(input, action) {
    input.addEventListener("input", () => action(Number(input.value)));
    input.addEventListener("change", () => this.release());
  }

  /**
   * @param {HTMLElement} input
   * @param {() => void} action
   */
  onChange(input, action) {
    input.addEventListener("change", () => {
      action();
      this.release();
    });
  }

  /** Tell the server the settings. */
  release() {
    this.viewer.host.send("settings", { ...this.viewer.settings });
    requestAnimationFrame(() => this.announce());
  }

  /** @param {KeyboardEvent} event */
  onKey(event) {
    const { viewer } = this;
    if (event.key === "Escape" && viewer.picked) {
      viewer.pick(null);
      return;
    }
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    const isOwn = event.target instanceof Element && event.target.closest("input, select");
    if (!step || isOwn || this.percent.disabled) return;
    event.preventDefault();
    viewer.set({ percent: Math.min(100, Math.max(1, viewer.settings.percent + step)) }, false);
    clearTimeout(this.pause);
    this.pause = setTimeout(() => this.release(), REST);
  }

  /**
   * Show the channels of another group beside the pictures.
   * @param {number} group
   */
  turnTo(group) {
    this.viewer.showGroup(group);
    this.viewer.request(false);
  }

  /**
   * Follow the pointer over a picture.
   * @param {HTMLElement} stage
   */
  watch(stage) {
    stage.addEventListener("pointermove", (event) => {
      const area = stage.getBoundingClientRect();
      this.point((event.clientX - area.left) / area.width, (event.clientY - area.top) / area.height);
    });
    stage.addEventListener("pointerleave", () => find(this.viewer.host, ".panels").classList.remove("pointing"));
  }

  /**
   * Mark the same place in every picture, with the value of each heatmap beside its name.
   * @param {number} x share of the width
   * @param {number} y share of the height
   */
  point(x, y) {
    const panels = find(this.viewer.host, ".panels");
    const [across, down] = [x, y].map((share) => Math.min(0.9999, Math.max(0, share)));
    panels.classList.add("pointing");
    panels.style.setProperty("--across", `${across * 100}%`);
    panels.style.setProperty("--down", `${down * 100}%`);
    for (const panel of this.viewer.panels)
      if (panel.hasHeat) panel.valueText.textContent = panel.valueAt(across, down)?.toFixed(2) ?? "not seen";
  }

  /**
   * Offer the colour maps, and the groups where there are several.
   * @param {Record<string, string>} titles
   */
  offer(titles) {
    const { groups } = this.viewer.content;
    this.map.replaceChildren(...Object.entries(titles).map(([value, text]) => new Option(text, value)));
    find(this.viewer.host, ".whose").hidden = groups.length < 2;
    this.whose.replaceChildren(...groups.map((group, number) => new Option(group.target, String(number))));
  }

  /** Show where the controls stand. */
  show() {
    const { host, settings, panels, current, content } = this.viewer;
    move(this.percent, settings.percent);
    move(this.opacity, settings.opacity);
    move(this.cut, settings.cut);
    const isRuled = settings.rule === "paper" && Boolean(current.rule?.count);
    const isRanked = panels.some((panel) => panel.ranking);
    const others = panels.some((panel) => panel.ranking && !panel.data.gated);
    this.percent.disabled = !isRanked || (isRuled && !others);
    this.percent.title = isRanked ? "" : "No map here takes a percentage: choose gates, or switch the controls on.";
    write(find(host, ".percent-value"), `${settings.percent} %`);
    write(find(host, ".opacity-value"), `${settings.opacity} %`);
    write(find(host, ".cut-value"), (settings.cut / 100).toFixed(2));
    this.opacity.disabled = settings.base === "none";
    this.rule.checked = settings.rule === "paper";
    write(find(host, ".rule-text"), current.rule ? `paper's rule (${current.rule.count})` : "");
    this.base.value = settings.base;
    this.map.value = settings.map;
    find(host, ".ramp-cut").hidden = !settings.cut;
    find(host, ".ramp-cut").style.width = `${settings.cut}%`;
    write(find(host, ".scale-text"), content.data.scale);
  }

  /** What a screen reader is told: when a slider is released, not while it moves. */
  announce() {
    const { host, panels, content } = this.viewer;
    for (const panel of panels) panel.canvas.setAttribute("aria-label", this.nameOf(panel));
    write(find(host, ".spoken"), `${content.data.answer} ${find(host, ".account").textContent}`);
  }

  /** @param {import("./panel.js").Panel} panel */
  nameOf(panel) {
    const { data, groups } = this.viewer.content;
    if (!panel.hasHeat) return data.name;
    const { viewer } = this;
    const made = viewer.pickedIn(panel)
      ? viewer.pickedText
      : `${viewer.countIn(panel)} of ${panel.ranking?.order.length} channels`;
    const count = panel.ranking ? `, ${made}` : "";
    const asked = data.groups ? ` for ${groups[panel.data.group].target}` : "";
    return `Heatmap of ${panel.data.title}${asked}${count}, on ${data.name}`;
  }
}

/**
 * Move a slider, unless it is there.
 * @param {HTMLInputElement} slider
 * @param {number} value
 */
function move(slider, value) {
  if (Number(slider.value) !== value) slider.value = String(value);
}
