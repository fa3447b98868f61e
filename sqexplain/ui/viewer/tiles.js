// @ts-check
// The strongest channels one by one; the last tile is the weakest channel that is still in the map, so it moves with
// the slider.

import { paintTile } from "../js/painting.js";
import { decimals, signed } from "../js/text.js";

/** @typedef {import("./content.js").Content} Content */
/** @typedef {import("./content.js").Group} Group */
/** @typedef {import("./content.js").Lut} Lut */
/** @typedef {import("./evidence.js").Pick} Pick */
/** @typedef {ReturnType<typeof tileOf>} Tile */

const TILES = 12;
const SIDE = 56; // pixels

export class Tiles {
  /**
   * @param {Element} host
   * @param {Content} content
   * @param {Group} group
   * @param {Pick} pick
   */
  constructor(host, content, group, pick) {
    const [rows, columns] = content.data.cells;
    this.content = content;
    this.group = group;
    this.tiles = Array.from({ length: Math.min(TILES, group.order.length) }, () =>
      tileOf(Math.round((SIDE * rows) / columns), pick),
    );
    host.replaceChildren(...this.tiles.map((tile) => tile.button));
  }

  /**
   * @param {number} count channels in the map
   * @param {Set<number>} chosen
   * @param {Lut} lut
   * @param {number[] | null} picked
   */
  show(count, chosen, lut, picked) {
    this.tiles.forEach((tile, place) => {
      const last = place === this.tiles.length - 1 && count > this.tiles.length;
      this.put(tile, last ? count - 1 : place, lut);
      tile.button.classList.toggle("last", last);
      tile.button.classList.toggle("out", !chosen.has(tile.channel));
      tile.button.setAttribute("aria-pressed", String(picked?.length === 1 && picked[0] === tile.channel));
    });
  }

  /**
   * Put the channel of a rank on a tile.
   * @param {Tile} tile
   * @param {number} rank
   * @param {Lut} lut
   */
  put(tile, rank, lut) {
    const { content, group } = this;
    const channel = group.order[rank];
    const key = `${channel} ${lut.name}`;
    if (tile.key === key) return;
    Object.assign(tile, { key, channel });
    paintTile(tile.canvas, content.mapOf(channel), content.data.cells[1], lut.colours);
    const [score, adds] = [decimals(group.scores[channel]), signed(group.contributions[channel])];
    tile.score.textContent = score;
    tile.adds.textContent = adds;
    const text = `Channel ${channel}, number ${rank + 1}: ${content.data.label} ${score}, adds ${adds} to the logit`;
    tile.button.title = text;
    tile.button.setAttribute("aria-label", `${text}. Show it alone`);
  }
}

/**
 * An empty tile.
 * @param {number} height
 * @param {Pick} pick
 */
function tileOf(height, pick) {
  const button = document.createElement("button");
  const canvas = document.createElement("canvas");
  const [caption, score, adds] = ["span", "b", "em"].map((name) => document.createElement(name));
  Object.assign(button, { type: "button", className: "tile" });
  Object.assign(canvas, { width: SIDE, height });
  canvas.setAttribute("aria-hidden", "true");
  caption.append(score, adds);
  button.append(canvas, caption);
  const tile = { button, canvas, score, adds, channel: -1, key: "" };
  button.addEventListener("click", () => pick([tile.channel], `channel ${tile.channel}`));
  return tile;
}
