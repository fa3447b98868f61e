// Below the time line: the gates at the cursor, and what counts, the sound or the face.

const SVG = "http://www.w3.org/2000/svg";
const BINS = 32;
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

// A probability as a whole per cent that never claims certainty.
function percentOf(share) {
  if (Number.isNaN(share)) return "–";
  if (share >= 0.995 && share < 1) return "> 99 %";
  return share > 0 && share < 0.005 ? "< 1 %" : `${Math.round(100 * share)} %`;
}

// The channels of one frame by their score, the largest first; of equal ones the first.
function ranked(scores) {
  return Array.from(scores.keys()).sort((one, other) => scores[other] - scores[one] || one - other);
}

// Bars whose heights follow the cursor; returns a function of the scores and how many of them are chosen.
function histogram(host, top, label, rule) {
  const wide = PLOT.width - PLOT.left - PLOT.right;
  const tall = PLOT.height - PLOT.top - PLOT.bottom;
  const floor = PLOT.height - PLOT.bottom;
  const svg = element("svg", { viewBox: `0 0 ${PLOT.width} ${PLOT.height}`, role: "img" });
  const bars = Array.from({ length: BINS }, (_, bin) => {
    const place = { x: PLOT.left + (bin * wide) / BINS + 0.6, width: wide / BINS - 1.2, y: floor, height: 0 };
    return { all: element("rect", { class: "bar-all", ...place }, svg), chosen: element("rect", { class: "bar-chosen", ...place }, svg) };
  });
  element("line", { class: "floor", x1: PLOT.left, x2: PLOT.width - PLOT.right, y1: floor, y2: floor }, svg);
  const line = rule && element("line", { class: "rule-line", y1: 2, y2: floor }, svg);
  const text = rule && element("text", { class: "rule-label", y: 11 }, svg);
  for (const [value, anchor, x] of [[0, "start", PLOT.left], [top / 2, "middle", PLOT.width / 2], [top, "end", PLOT.width - PLOT.right]])
    element("text", { class: "tick", x, y: PLOT.height - 5, "text-anchor": anchor }, svg, value ? Number(value.toPrecision(2)) : "0");
  host.replaceChildren(svg);
  return (scores, order, count) => {
    const sums = new Uint16Array(BINS);
    const inside = new Uint16Array(BINS);
    order.forEach((channel, rank) => {
      const bin = Math.min(BINS - 1, Math.max(0, Math.floor((scores[channel] / top) * BINS)));
      sums[bin]++;
      if (rank < count) inside[bin]++;
    });
    const reach = Math.log1p(Math.max(...sums));
    bars.forEach(({ all, chosen }, bin) => {
      const size = sums[bin] ? Math.max(3, (tall * Math.log1p(sums[bin])) / reach) : 0;
      const part = sums[bin] ? (size * inside[bin]) / sums[bin] : 0;
      for (const [bar, height] of [[all, size], [chosen, part]]) {
        if (Number(bar.getAttribute("height")) === height) continue;
        bar.setAttribute("y", floor - height);
        bar.setAttribute("height", height);
      }
    });
    svg.setAttribute("aria-label", `Histogram of the ${label} of ${scores.length} channels at the cursor, ${count} of them chosen`);
    if (rule) drawRule(line, text, ruleOf(scores, rule), rule, wide);
  };
}

// The authors' threshold on the gates of one frame, and how many lie above it.
function ruleOf(scores, z) {
  const mean = scores.reduce((all, value) => all + value, 0) / scores.length;
  const spread = Math.sqrt(scores.reduce((all, value) => all + (value - mean) ** 2, 0) / scores.length);
  const threshold = mean + z * spread;
  return { threshold, count: scores.filter((value) => value > threshold).length };
}

function drawRule(line, text, { threshold, count }, z, wide) {
  const x = PLOT.left + Math.min(1, threshold) * wide;
  const right = x > PLOT.width * 0.55;
  line.setAttribute("x1", x);
  line.setAttribute("x2", x);
  text.setAttribute("x", right ? x - 4 : x + 4);
  text.setAttribute("text-anchor", right ? "end" : "start");
  write(text, `paper: mean + ${z} σ = ${threshold.toFixed(2)}: ${count}`);
}

function weightRow({ name, share, text, tone }) {
  const row = document.createElement("div");
  row.className = "weight";
  const parts = ["b", "i", "output"].map((kind) => document.createElement(kind));
  parts[0].textContent = name;
  parts[1].style.setProperty("--share", `${Math.max(0, Math.min(100, 100 * share))}%`);
  if (tone) parts[1].style.setProperty("--tone", tone);
  parts[2].textContent = text;
  row.append(...parts);
  return row;
}

function halfOf({ title, about, rows }) {
  const half = document.createElement("div");
  const heading = document.createElement("h4");
  const line = document.createElement("span");
  heading.textContent = title;
  line.textContent = about;
  heading.append(line);
  half.append(heading, ...rows.map(weightRow));
  return half;
}

Object.assign(Player.prototype, {
  buildCards() {
    const { data, find } = this;
    const { label, shape, rule, top } = data.scores;
    this.scores = { values: decode(data.scores.values, Float32Array), rows: shape[0], channels: shape[1] };
    find(".gates-title").textContent = `${label === "SE value" ? "SE values (gates)" : "Mean activation"} at the cursor, ${shape[1]} channels`;
    this.fillHistogram = histogram(find(".histogram"), top, label, rule);
    write(find(".constancy"), data.constancy?.text ?? "");
    find(".constancy").classList.toggle("constant", Boolean(data.constancy?.constant));
    const modality = data.further?.modality;
    find(".modality-card").hidden = !modality;
    if (!modality) return;
    find(".halves").replaceChildren(...modality.halves.map(halfOf));
    write(find(".verdict"), modality.verdict);
    find(".verdict").classList.toggle("differs", modality.differs);
  },

  paintCards(frame) {
    const { values, rows, channels } = this.scores;
    const row = Math.min(frame, rows - 1);
    const count = countOf(this.percent, channels);
    const key = `${row} ${count}`;
    if (this.cardKey === key) return;
    this.cardKey = key;
    const scores = values.subarray(row * channels, (row + 1) * channels);
    this.fillHistogram(scores, ranked(scores), count);
    write(this.find(".count"), `Filled: the ${count} of ${channels} channels in the map.`);
    if (!this.data.scores.rule) return;
    const { count: above } = ruleOf(scores, this.data.scores.rule);
    write(this.find(".rule-text"), above ? `The paper's rule would take ${above} here.` : `The paper's rule selects no channel here; shown: exact top ${this.percent} %.`);
  },
});
