// @ts-check
// The player: one clip, one cursor. While the cursor or a slider moves nothing is asked of the server; it is told the
// settings once they rest.

import { paintRamp } from "../js/painting.js";
import { contextOf, copyOf, find, resized, write } from "../js/page.js";
import { percentOf } from "../js/text.js";
import { Cards } from "./cards.js";
import { Clip } from "./clip.js";
import { Clock } from "./clock.js";
import { Controls } from "./controls.js";
import { SIDE } from "./maps.js";
import { paintUnder } from "./painting.js";
import { Panel } from "./panel.js";
import { People } from "./people.js";
import { Timeline } from "./timeline.js";

/** @typedef {import("./data.js").ClipData} ClipData */
/** @typedef {import("./data.js").Settings} Settings */
/** @typedef {import("../js/page.js").Call<ClipData>} Call */
/** @typedef {Call["parentElement"] & { player?: Player, asked?: ClipData, send: Call["setStateValue"], tell: Call["setTriggerValue"] }} Host */
/** @typedef {{ heard: string, why: string[] }} State the map that lies over the sound, the ablations that are shown */

const LARGE = 336; // pixels of the face alone
const PATIENCE = 80; // milliseconds between two changes of the words

export class Player {
  /** @type {Clip} */
  clip;
  /** @type {Panel[]} */
  panels;
  /** @type {People | null} */
  people;
  /** @type {Cards} */
  cards;
  /** @type {Timeline} */
  timeline;

  /**
   * @param {Host} host
   * @param {Clip} clip
   */
  constructor(host, clip) {
    this.host = host;
    /** @type {Settings} */
    this.settings = { ...clip.data.start };
    /** @type {State} */
    this.state = { heard: "", why: ["muted", "frozen", "mouth"] };
    this.frame = 0;
    this.handle = 0; // of the next refresh
    this.everything = false; // what is drawn next is not only another frame
    this.redraws = 0;
    this.said = 0; // when the words last changed
    this.saying = 0;
    this.large = resized(find(host, ".face-drawing", HTMLCanvasElement), LARGE, LARGE);
    this.small = contextOf(new OffscreenCanvas(SIDE, SIDE), { willReadFrequently: true });
    this.under = new Uint8ClampedArray(SIDE * SIDE * 4);
    this.clock = new Clock(
      (time) => this.move(this.clip.frameAt(time)),
      () => this.controls.showClock(),
    );
    this.controls = new Controls(this);
    this.load(clip);
  }

  /**
   * Take a new clip; the settings of the visitor stay, and within one clip the cursor too.
   * @param {Clip} clip
   */
  load(clip) {
    const { data } = clip;
    const isSame = this.clip?.data.clip === data.clip;
    this.clip = clip;
    if (!isSame) {
      this.frame = clip.bounded(data.start.frame);
      this.controls.forget();
      this.clock.load(clip.samples, data.frames / data.fps, data.fps);
      this.clock.seek((this.frame + 0.5) / data.fps);
    }
    this.build();
    this.refresh(true);
    this.controls.announce();
  }

  build() {
    const { host, clip, state } = this;
    const { data } = clip;
    this.panels = data.panels.map((panel) => new Panel(panel, data.frames, copyOf(host, ".panel-template")));
    find(host, ".panels").replaceChildren(...this.panels.map((panel) => panel.figure));
    find(host, ".face-tag").textContent = data.seen;
    find(host, ".warning").hidden = !data.warning;
    write(find(host, ".warning"), data.warning);
    find(host, ".whole").hidden = !clip.whole;
    find(host, ".scene").classList.toggle("wide", Boolean(clip.whole));
    this.people = clip.whole && new People(host, clip, clip.whole, (number) => host.tell("person", number));
    this.cards = new Cards(host, data);
    this.timeline = new Timeline(host, clip, this.panels, state, () => this.request(true));
    this.controls.offer();
  }

  /** The step of the percentage that is nearest to what is set. */
  get step() {
    const off = this.clip.data.percents.map((percent) => Math.abs(percent - this.settings.percent));
    return off.indexOf(Math.min(...off));
  }

  /** The percentage of that step. */
  get percent() {
    return this.clip.data.percents[this.step];
  }

  /**
   * Show a frame at the next refresh of the screen.
   * @param {number} frame
   */
  move(frame) {
    const bounded = this.clip.bounded(frame);
    if (bounded === this.frame) return;
    this.frame = bounded;
    this.request(false);
  }

  /**
   * Stop playing and go to a frame.
   * @param {number} frame
   */
  seek(frame) {
    this.clock.pause();
    this.move(frame);
    this.clock.seek((this.frame + 0.5) / this.clip.data.fps);
  }

  /** @param {Partial<Settings>} change */
  set(change) {
    Object.assign(this.settings, change);
    this.request(true);
  }

  /** @param {boolean} everything */
  request(everything) {
    this.everything ||= everything;
    this.handle ||= requestAnimationFrame(() => {
      this.handle = 0;
      this.refresh(this.everything);
      this.everything = false;
    });
  }

  /** @param {boolean} everything */
  refresh(everything) {
    const { host, settings, frame, step, clip } = this;
    const lut = clip.lut(settings.map);
    if (everything) {
      this.timeline.draw(step, lut, settings.opacity / 100);
      paintRamp(find(host, ".ramp", HTMLCanvasElement), lut);
      this.controls.show();
    }
    clip.faces.draw(this.large, frame, LARGE, LARGE);
    clip.faces.draw(this.small, frame, SIDE, SIDE);
    paintUnder(this.small.getImageData(0, 0, SIDE, SIDE).data, settings.base, this.under);
    for (const panel of this.panels) panel.draw(step, frame, this.under, lut, settings);
    this.people?.draw(frame, lut);
    this.timeline.move(frame);
    this.controls.showClock();
    this.redraws++;
    this.say(everything);
  }

  /**
   * Numbers and words cost the browser more than the pictures, and nobody reads sixty a second.
   * @param {boolean} now
   */
  say(now) {
    const wait = now ? 0 : this.said + PATIENCE - performance.now();
    clearTimeout(this.saying);
    if (wait > 0) {
      this.saying = setTimeout(() => this.say(true), wait);
      return;
    }
    this.said = performance.now();
    const { frame, step } = this;
    for (const panel of this.panels) panel.sayMass(step, frame, this.clip.data.mouth);
    this.timeline.say(step, frame);
    this.cards.show(frame, this.percent);
    this.sayAnswer();
    this.controls.sayFrame();
  }

  /** What the net says to the frame, and whether that is true. */
  sayAnswer() {
    const { host, frame } = this;
    const { data, chances, wrong } = this.clip;
    const chance = chances[frame];
    const isAsked = chance > 0.5;
    const other = data.classes.length === 2 ? data.classes[1 - data.asked] : `not ${data.target}`;
    write(find(host, ".answer"), `${isAsked ? data.target : other} ${percentOf(isAsked ? chance : 1 - chance)}`);
    const label = data.labels?.[frame] ?? -1;
    write(find(host, ".truth"), label < 0 ? "" : `true: ${data.classes[label]}`);
    find(host, ".truth").classList.toggle("wrong", Boolean(wrong?.[frame]));
  }
}

/**
 * Decode what the page sent and show it, unless newer data came meanwhile.
 * @param {Host} host
 * @param {ClipData} data
 */
async function load(host, data) {
  host.asked = data;
  const clip = new Clip(data);
  await clip.ready();
  if (host.asked !== data) return;
  if (host.player) host.player.load(clip);
  else host.player = new Player(host, clip);
}

/** @param {Call} call */
export default function ({ data: [data], parentElement, setStateValue, setTriggerValue }) {
  const host = /** @type {Host} */ (parentElement);
  host.send = setStateValue;
  host.tell = setTriggerValue;
  if (host.asked?.id !== data.id) load(host, data);
  return () => setTimeout(() => host.isConnected || host.player?.clock.release()); // the page was left
}
