// @ts-check
// The visitor's part of the player: dragging, keys, buttons, what is said in words, what is told to the server.

import { countOf } from "../js/maths.js";
import { find, write } from "../js/page.js";

/** @typedef {import("./data.js").Settings} Settings */
/** @typedef {import("./player.js").Player} Player */

const REST = 700; // milliseconds without movement after which the server is told where the cursor stands
const FAR = 0.25; // two maps disagree when their peaks lie further apart, as a share of the picture
/** @type {Record<string, number>} */
const STEPS = { ArrowLeft: -1, ArrowRight: 1, PageUp: -10, PageDown: 10 };
const TOGETHER = "0 to 1: from the lowest to the highest value of the clip, the same for all its frames";
const APART = "0 to 1: each frame from its own lowest to its own highest value";

export class Controls {
  /** @param {Player} player */
  constructor(player) {
    const { host } = player;
    this.player = player;
    this.pause = 0;
    this.wasPlaying = false;
    this.isDragging = false;
    this.step = find(host, ".step", HTMLInputElement);
    this.opacity = find(host, ".opacity", HTMLInputElement);
    this.base = find(host, ".base", HTMLSelectElement);
    this.map = find(host, ".map", HTMLSelectElement);
    this.scale = find(host, ".scale", HTMLSelectElement);
    this.nextError = find(host, ".next-error", HTMLButtonElement);
    this.nextDispute = find(host, ".next-dispute", HTMLButtonElement);
    this.track = find(host, ".track");
    this.onSlide(this.step, (value) => player.set({ percent: player.clip.data.percents[value] }));
    this.onSlide(this.opacity, (opacity) => player.set({ opacity }));
    this.onChoose(this.base, (value) => player.set({ base: /** @type {Settings["base"]} */ (value) }));
    this.onChoose(this.map, (map) => player.set({ map }));
    this.onChoose(this.scale, (value) => player.set({ scale: /** @type {Settings["scale"]} */ (value) }));
    const speed = find(host, ".speed", HTMLSelectElement);
    speed.addEventListener("change", () => player.clock.setRate(Number(speed.value)));
    find(host, ".play").addEventListener("click", () => player.clock.toggle());
    this.nextError.addEventListener("click", () => this.jump((frame) => Boolean(player.clip.wrong?.[frame]), "error"));
    this.nextDispute.addEventListener("click", () => this.jump((frame) => this.isDisputed(frame), "disagreement"));
    find(host, ".player").addEventListener("keydown", (event) => this.onKey(event));
    this.wireDrag(find(host, ".rows"));
  }

  /**
   * @param {HTMLInputElement} input
   * @param {(value: number) => void} action
   */
  onSlide(input, action) {
    input.addEventListener("input", () => action(Number(input.value)));
    input.addEventListener("change", () => this.rest(0));
  }

  /**
   * @param {HTMLSelectElement} select
   * @param {(value: string) => void} action
   */
  onChoose(select, action) {
    select.addEventListener("change", () => {
      action(select.value);
      this.rest(0);
    });
  }

  /**
   * Let the cursor follow the pointer over the rows.
   * @param {HTMLElement} rows
   */
  wireDrag(rows) {
    const scrub = (/** @type {PointerEvent} */ event) => {
      const area = this.track.getBoundingClientRect();
      this.player.seek(Math.floor(((event.clientX - area.left) / area.width) * this.player.clip.data.frames));
    };
    rows.addEventListener("pointerdown", (event) => {
      if (event.button || !(event.target instanceof Element && event.target.closest(".plot"))) return;
      event.preventDefault();
      this.track.focus({ preventScroll: true });
      rows.setPointerCapture(event.pointerId);
      this.isDragging = true;
      scrub(event);
    });
    rows.addEventListener("pointermove", (event) => this.isDragging && scrub(event));
    const end = () => {
      if (this.isDragging) this.rest(0);
      this.isDragging = false;
    };
    rows.addEventListener("pointerup", end);
    rows.addEventListener("pointercancel", end);
  }

  /** @param {KeyboardEvent} event */
  onKey(event) {
    const { player } = this;
    const isOwn = event.target instanceof Element && event.target.closest("input, select, button");
    if (isOwn || event.ctrlKey || event.metaKey || event.altKey) return;
    /** @type {Record<string, number>} */
    const ends = { Home: 0, End: player.clip.data.frames - 1 };
    const step = STEPS[event.key] && STEPS[event.key] * (event.shiftKey ? 10 : 1);
    const to = ends[event.key] ?? (step && player.frame + step);
    if (to === undefined && event.key !== " ") return;
    event.preventDefault();
    if (event.key === " ") {
      player.clock.toggle();
      return;
    }
    player.seek(to);
    this.rest(REST);
  }

  /**
   * Go to the next frame of a kind, where a run of them begins; from the end it goes on at the start.
   * @param {(frame: number) => boolean} isOne
   * @param {"error" | "disagreement"} name
   */
  jump(isOne, name) {
    const { player } = this;
    const { frames } = player.clip.data;
    const text = find(player.host, ".jump-text");
    for (let step = 1; step <= frames; step++) {
      const frame = (player.frame + step) % frames;
      if (!isOne(frame) || (frame && isOne(frame - 1))) continue;
      player.seek(frame);
      const titles = player.panels.map((panel) => panel.title);
      write(
        text,
        name === "error" ? "Here the model is wrong." : `Here ${titles[0]} and ${titles[1]} point to different places.`,
      );
      this.rest(REST);
      return;
    }
    write(text, `There is no ${name} in this clip.`);
  }

  /** @param {number} frame */
  isDisputed(frame) {
    const { panels, step } = this.player;
    const [one, other] = panels.map((panel) => panel.maps.peak(step, frame));
    return Math.hypot(one[0] - other[0], one[1] - other[1]) > FAR;
  }

  /**
   * Tell the server the settings once nothing has moved for a while.
   * @param {number} pause milliseconds
   */
  rest(pause) {
    this.forget();
    this.pause = setTimeout(() => {
      const { host, settings, frame, clip } = this.player;
      const { percent, opacity, base, map, scale } = settings;
      host.send("settings", { percent, opacity, base, map, scale, frame, clip: clip.data.clip });
      requestAnimationFrame(() => this.announce()); // once it is drawn
    }, pause);
  }

  /** Do not tell the server after all. */
  forget() {
    clearTimeout(this.pause);
  }

  /** Offer what the clip has. */
  offer() {
    const { clip, panels, host } = this.player;
    const { data } = clip;
    this.map.replaceChildren(...Object.entries(data.titles).map(([value, text]) => new Option(text, value)));
    this.step.max = String(data.percents.length - 1);
    this.step.disabled = !panels.some((panel) => panel.maps.ranked);
    find(host, ".topk").style.setProperty(
      "--ten",
      String(data.percents.indexOf(10) / Math.max(1, data.percents.length - 1)),
    );
    this.nextError.hidden = !data.labels;
    this.nextError.disabled = !clip.wrong?.some(Boolean);
    this.nextDispute.hidden = panels.length < 2;
  }

  showClock() {
    const { frame, clip, host, clock } = this.player;
    const { fps, frames } = clip.data;
    write(find(host, ".clock"), `${stamp(frame / fps)} / ${stamp(frames / fps)} · frame ${frame + 1} of ${frames}`);
    write(find(host, ".play-sign"), clock.playing ? "❚❚" : "▶");
    write(find(host, ".play-text"), clock.playing ? "Pause" : "Play");
    find(host, ".play").setAttribute("aria-pressed", String(clock.playing));
    if (!clock.playing && this.wasPlaying) this.rest(REST);
    this.wasPlaying = clock.playing;
  }

  /** Show where the controls stand. */
  show() {
    const { settings, host, clip, panels, step, percent } = this.player;
    const { data } = clip;
    if (Number(this.step.value) !== step) this.step.value = String(step);
    if (Number(this.opacity.value) !== settings.opacity) this.opacity.value = String(settings.opacity);
    this.base.value = settings.base;
    this.map.value = settings.map;
    this.scale.value = settings.scale;
    const isTogether = settings.scale === "clip";
    write(find(host, ".step-value"), `${percent} %`);
    write(find(host, ".opacity-value"), `${settings.opacity} %`);
    this.opacity.disabled = settings.base === "none";
    const count = panels.some((panel) => panel.maps.ranked) ? countOf(percent, data.scores.shape[1]) : 0;
    const scale = isTogether ? "one scale for the whole clip" : "every frame on its own scale";
    write(
      find(host, ".account"),
      data.account.replace("{count}", String(count)).replace("{percent}", String(percent)).replace("{scale}", scale),
    );
    write(find(host, ".scale-text"), isTogether ? TOGETHER : APART);
  }

  /** Say the frame to those who do not see it. */
  sayFrame() {
    const { frame, clip, host } = this.player;
    const { fps, frames } = clip.data;
    this.track.setAttribute("aria-valuenow", String(frame + 1));
    this.track.setAttribute(
      "aria-valuetext",
      `frame ${frame + 1} of ${frames}, ${(frame / fps).toFixed(2)} seconds, ${find(host, ".answer").textContent}`,
    );
  }

  /** What a screen reader is told: when something rests, not while it moves. */
  announce() {
    const { host, panels, frame, clip, people } = this.player;
    this.player.say(true);
    for (const panel of panels)
      panel.canvas.setAttribute(
        "aria-label",
        `Heatmap of ${panel.title} on frame ${frame + 1} of ${clip.data.name}. ${panel.massText.textContent}`,
      );
    find(host, ".face-drawing").setAttribute("aria-label", `Frame ${frame + 1} of ${clip.data.name}`);
    people?.announce(frame);
    const words = [".answer", ".truth", ".account"].map((selector) => find(host, selector).textContent);
    write(find(host, ".spoken"), `${words[0]}, ${words[1]}. ${words[2]}`);
  }
}

/** @param {number} seconds */
function stamp(seconds) {
  return `${String(Math.floor(seconds / 60)).padStart(2, "0")}:${(seconds % 60).toFixed(2).padStart(5, "0")}`;
}
