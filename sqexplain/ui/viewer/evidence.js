// Beside the pictures: histogram of the scores with the chosen part filled, and the strongest channels one by one.

const SVG = "http://www.w3.org/2000/svg";
const BINS = 32;
const TILES = 12;
const PLOT = { width: 300, height: 118, left: 4, right: 4, top: 8, bottom: 20 };

function element(name, attributes, parent, text) {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  if (text !== undefined) made.textContent = text;
  parent?.append(made);
  return made;
}

// Touch the page only where the words changed: each change costs a new layout.
function write(target, text) {
  if (target.textContent !== text) target.textContent = text;
}

function decimals(value) {
  return value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(2);
}

// Draw the bars once; `fill(chosen)` colours the part of each bar that is chosen.
function histogram(host, data, onPick) {
  const top = data.rule ? 1 : Math.max(...data.scores, 1e-6); // an SE value lies in 0 ... 1
  const bins = Array.from({ length: BINS }, () => []);
  data.order.forEach((channel) => bins[Math.min(BINS - 1, Math.max(0, Math.floor((data.scores[channel] / top) * BINS)))].push(channel));
  const tall = PLOT.height - PLOT.top - PLOT.bottom;
  const wide = PLOT.width - PLOT.left - PLOT.right;
  const reach = Math.log1p(Math.max(...bins.map((bin) => bin.length)));
  const svg = element("svg", { viewBox: `0 0 ${PLOT.width} ${PLOT.height}`, role: "group", "aria-label": `Histogram of the ${data.label} of ${data.scores.length} channels` });
  const floor = PLOT.height - PLOT.bottom;
  const filled = bins.map((bin, number) => {
    const x = PLOT.left + (number * wide) / BINS;
    const size = bin.length ? Math.max(3, (tall * Math.log1p(bin.length)) / reach) : 0;
    const range = `${decimals((number * top) / BINS)} to ${decimals(((number + 1) * top) / BINS)}`;
    const group = element("g", bin.length ? { class: "bin", tabindex: 0, role: "button", "aria-label": `${bin.length} channels, ${data.label} ${range}: show them alone` } : {}, svg);
    element("title", {}, group, `${bin.length} channels, ${data.label} ${range}`);
    element("rect", { class: "reach", x, y: PLOT.top, width: wide / BINS, height: tall }, group);
    element("rect", { class: "bar-all", x: x + 0.6, y: floor - size, width: wide / BINS - 1.2, height: size }, group);
    const bar = element("rect", { class: "bar-chosen", x: x + 0.6, y: floor, width: wide / BINS - 1.2, height: 0 }, group);
    if (bin.length) pressable(group, () => onPick(bin, `${bin.length === 1 ? "1 channel" : `${bin.length} channels`} with ${data.label} ${range}`));
    return { bar, size, bin, inside: 0 };
  });
  element("line", { class: "floor", x1: PLOT.left, x2: PLOT.width - PLOT.right, y1: floor, y2: floor }, svg);
  if (data.rule) ruleLine(svg, data.rule, PLOT.left + Math.min(1, data.rule.threshold) * wide, floor);
  for (const [value, anchor, x] of [[0, "start", PLOT.left], [top / 2, "middle", PLOT.width / 2], [top, "end", PLOT.width - PLOT.right]])
    element("text", { class: "tick", x, y: PLOT.height - 5, "text-anchor": anchor }, svg, value ? decimals(value).replace(/\.?0+$/, "") : "0");
  host.replaceChildren(svg);
  return (chosen) => {
    for (const one of filled) {
      const { bar, size, bin } = one;
      let inside = 0;
      for (const channel of bin) inside += chosen.has(channel);
      if (inside === one.inside) continue;
      one.inside = inside;
      const part = (size * inside) / bin.length;
      bar.setAttribute("y", floor - part);
      bar.setAttribute("height", part);
    }
  };
}

function ruleLine(svg, rule, x, floor) {
  const right = x > PLOT.width * 0.55;
  element("line", { class: "rule-line", x1: x, x2: x, y1: 2, y2: floor }, svg);
  const text = `mean + ${rule.z} σ = ${rule.threshold.toFixed(2)}: ${rule.count}`;
  element("text", { class: "rule-label", x: right ? x - 4 : x + 4, y: 11, "text-anchor": right ? "end" : "start" }, svg, text);
}

function pressable(target, action) {
  target.addEventListener("click", action);
  target.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" && event.key !== " ") return;
    event.preventDefault();
    event.stopPropagation();
    action();
  });
}

// The strongest channels; the last tile is the weakest channel that is still in the map, so it moves with the slider.
function tiles(host, data, onPick) {
  const shown = Math.min(TILES, data.order.length);
  const made = Array.from({ length: shown }, () => {
    const button = document.createElement("button");
    const canvas = document.createElement("canvas");
    const caption = document.createElement("span");
    Object.assign(button, { type: "button", className: "tile" });
    Object.assign(canvas, { width: 56, height: Math.round((56 * data.rows) / data.columns) });
    canvas.setAttribute("aria-hidden", "true");
    button.append(canvas, caption);
    const tile = { button, canvas, caption, channel: -1 };
    button.addEventListener("click", () => onPick([tile.channel], `channel ${tile.channel}`));
    return tile;
  });
  host.replaceChildren(...made.map((tile) => tile.button));
  const put = (tile, rank, lut) => {
    const channel = data.order[rank];
    const fresh = `${channel} ${lut.name}`;
    if (tile.drawn === fresh) return;
    tile.drawn = fresh;
    tile.channel = channel;
    paintTile(tile.canvas, data.features.subarray(channel * data.cells, (channel + 1) * data.cells), data.columns, lut.colours);
    const adds = data.contributions ? signed(data.contributions[channel]) : "";
    tile.caption.innerHTML = `<b>${decimals(data.scores[channel])}</b>${adds && `<em>${adds}</em>`}`;
    const text = `Channel ${channel}, number ${rank + 1}: ${data.label} ${decimals(data.scores[channel])}${adds && `, adds ${adds} to the logit`}`;
    tile.button.title = text;
    tile.button.setAttribute("aria-label", `${text}. Show it alone`);
  };
  return (count, chosen, lut, picked) => {
    made.forEach((tile, place) => {
      const last = place === shown - 1 && count > shown;
      put(tile, last ? count - 1 : place, lut);
      tile.button.classList.toggle("last", last);
      tile.button.classList.toggle("out", !chosen.has(tile.channel));
      tile.button.setAttribute("aria-pressed", String(picked?.length === 1 && picked[0] === tile.channel));
    });
  };
}

function signed(value) {
  const text = Math.abs(value) >= 10 ? Math.abs(value).toFixed(0) : Math.abs(value) >= 1 ? Math.abs(value).toFixed(1) : Math.abs(value).toFixed(2);
  return `${value < 0 ? "−" : "+"}${text}`;
}
