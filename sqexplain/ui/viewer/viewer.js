// @ts-check
// The viewer: state, and the drawing of what changed. It asks the server for nothing while a slider moves and tells it
// the settings when the slider is released.

import { countOf } from "../js/maths.js";
import { paintRamp } from "../js/painting.js";
import { copyOf, find, write } from "../js/page.js";
import { Content } from "./content.js";
import { Controls } from "./controls.js";
import { Evidence } from "./evidence.js";
import { Panel } from "./panel.js";

/** @typedef {import("./content.js").Lut} Lut */
/** @typedef {import("./data.js").Settings} Settings */
/** @typedef {import("./data.js").ViewerData} ViewerData */
/** @typedef {import("../js/page.js").Call<ViewerData>} Call */
/** @typedef {Call["parentElement"] & { viewer?: Viewer, asked?: ViewerData, send: Call["setStateValue"] }} Host */

export class Viewer {
  /** @type {Content} */ content;
  /** @type {Panel[]} */ panels;
  /** @type {Evidence} beside the pictures, of one group */ evidence;
  /** @type {number} of the group whose channels are shown */ group;
  /** @type {number[] | null} channels that are shown alone */ picked;

  /**
   * @param {Host} host
   * @param {Content} content
   */
  constructor(host, content) {
    this.host = host;
    this.settings = { ...content.data.start };
    this.frame = 0;
    this.everything = false; // what is drawn next is not only another number of channels
    this.redraws = 0;
    this.pickedText = "";
    this.isTold = false; // the page, that the first picture is on screen
    this.controls = new Controls(this);
    this.load(content);
  }

  /**
   * Take new content; the settings of the visitor stay.
   * @param {Content} content
   */
  load(content) {
    this.content = content;
    this.panels = content.data.panels.map((panel) => new Panel(panel, content, copyOf(this.host, ".panel-template")));
    this.layOut();
    this.controls.offer(content.data.titles);
    this.showGroup(0);
    this.refresh(true);
    this.controls.announce();
    if (content.data.tell && !this.isTold) this.host.send("drawn", (this.isTold = true));
  }

  /** The group whose channels are shown beside the pictures. */
  get current() {
    return this.content.groups[this.group];
  }

  /** Whether the shown map is that of the authors' rule. */
  get isRuled() {
    const gated = this.panels.some((panel) => panel.data.gated && panel.data.group === this.group);
    return gated && this.settings.rule === "paper" && Boolean(this.current.rule?.count);
  }

  /**
   * How many channels the map of a panel is made of.
   * @param {Panel} panel
   */
  countIn({ data, ranking }) {
    const ruled = data.gated && this.settings.rule === "paper" && this.content.groups[data.group].rule?.count;
    return ruled || countOf(this.settings.percent, ranking?.order.length ?? 0);
  }

  /**
   * The channels that a panel shows alone, if the visitor picked some of those that it is made of.
   * @param {Panel} panel
   */
  pickedIn({ data }) {
    return data.gated && data.group === this.group ? this.picked : null;
  }

  /** The channels of the SE map now: a count of the order of scores, or those picked alone. */
  chosen() {
    const { order } = this.current;
    if (this.picked) return this.picked;
    const gated = this.panels.find(({ data, ranking }) => data.gated && ranking && data.group === this.group);
    return Array.from(order.subarray(0, gated ? this.countIn(gated) : countOf(this.settings.percent, order.length)));
  }

  /** Place the pictures, in rows where there are groups. */
  layOut() {
    const { panels, host } = this;
    const { data, groups, size } = this.content;
    for (const panel of panels) {
      panel.stage.append(...(data.boxes ?? []).map(outline));
      this.controls.watch(panel.stage);
    }
    const rows = panels.flatMap(({ figure, data: { group } }, place) => {
      const isFirst = groups.length > 1 && group !== panels[place - 1]?.data.group;
      return isFirst ? [headingOf(groups[group]), figure] : [figure];
    });
    const area = find(host, ".panels");
    area.replaceChildren(...rows);
    area.style.setProperty("--ratio", `${size.width} / ${size.height}`);
    area.style.setProperty("--columns", String(data.columns ?? 3));
    find(host, ".viewer").classList.toggle("grouped", Boolean(data.groups));
    find(host, ".answer").textContent = data.answer;
  }

  /**
   * Show the channels of a group beside the pictures.
   * @param {number} group
   */
  showGroup(group) {
    Object.assign(this, { group, picked: null });
    this.evidence = new Evidence(this.host, this.content, group, (channels, text) => this.pick(channels, text));
  }

  /**
   * Show some channels alone; null, or the same ones again, returns to the top-k map.
   * @param {number[] | null} channels
   * @param {string} [text]
   */
  pick(channels, text = "") {
    const isSame = channels && this.picked?.join() === channels.join();
    this.picked = isSame ? null : channels;
    this.pickedText = text;
    this.request(false);
    requestAnimationFrame(() => this.controls.announce());
  }

  /**
   * @param {Partial<Settings>} change
   * @param {boolean} everything
   */
  set(change, everything) {
    Object.assign(this.settings, change);
    if ("percent" in change) this.picked = null;
    this.request(everything);
  }

  /**
   * Draw on the next frame.
   * @param {boolean} everything when not only the number of channels changed
   */
  request(everything) {
    this.everything ||= everything;
    this.frame ||= requestAnimationFrame(() => {
      this.frame = 0;
      this.refresh(this.everything);
      this.everything = false;
    });
  }

  /** @param {boolean} everything */
  refresh(everything) {
    const { settings, panels } = this;
    const lut = this.content.lut(settings.map);
    if (everything) {
      this.content.lay(settings.base);
      paintRamp(find(this.host, ".ramp-canvas", HTMLCanvasElement), lut.colours);
    }
    for (const panel of panels) this.draw(panel, lut, everything);
    this.evidence.show(this, lut);
    for (const panel of panels)
      if (panel.data.gated) write(panel.tagText, this.pickedIn(panel) ? `only ${this.pickedText}` : panel.data.tag);
    this.controls.show();
    this.redraws++;
  }

  /**
   * @param {Panel} panel
   * @param {Lut} lut
   * @param {boolean} everything
   */
  draw(panel, lut, everything) {
    const { settings } = this;
    const isNew = panel.hasHeat && panel.enlarge(this.pickedIn(panel), this.countIn(panel), settings.percent);
    if (!isNew && !everything) return;
    const { under, original } = this.content;
    if (everything) panel.image.data.set(panel.hasHeat ? under : original);
    if (panel.hasHeat)
      panel.paint(under, lut.colours, settings.base === "none" ? 1 : settings.opacity / 100, settings.cut / 100);
    panel.show();
  }
}

/**
 * The outline of a part of the picture, its box as shares of its sides.
 * @param {[number, number, number, number]} box
 */
function outline([top, left, height, width]) {
  const part = document.createElement("i");
  part.className = "part";
  for (const [side, share] of Object.entries({ top, left, height, width }))
    part.style.setProperty(side, `${100 * share}%`);
  return part;
}

/**
 * The title of a row of pictures.
 * @param {{ heading?: string, told?: string }} group
 */
function headingOf({ heading = "", told = "" }) {
  const title = document.createElement("h3");
  const name = document.createElement("strong");
  title.className = "heading";
  name.textContent = heading;
  title.append(name, ` ${told}`);
  return title;
}

/**
 * Decode what the page sent and show it, unless newer data came meanwhile.
 * @param {Host} host
 * @param {ViewerData} data
 */
async function load(host, data) {
  host.asked = data;
  const image = new Image();
  image.src = data.picture;
  await image.decode();
  if (host.asked !== data) return;
  const content = new Content(data, image);
  if (host.viewer) host.viewer.load(content);
  else host.viewer = new Viewer(host, content);
}

/** @param {Call} call */
export default function ({ data: [data], parentElement, setStateValue }) {
  const host = /** @type {Host} */ (parentElement);
  host.send = setStateValue;
  if (host.asked?.id !== data.id) load(host, data);
  return () => setTimeout(() => host.isConnected || cancelAnimationFrame(host.viewer?.frame ?? 0)); // the page was left
}
