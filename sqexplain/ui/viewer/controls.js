// The visitor's part of the viewer: controls, keys, the cross-hair, what is said in words.

Object.assign(Viewer.prototype, {
  wire() {
    const { find } = this;
    const slider = (name, everything) => {
      const input = find(`.${name}`);
      input.addEventListener("input", () => this.set({ [name]: Number(input.value) }, everything));
      input.addEventListener("change", () => this.released());
    };
    slider("percent", false);
    slider("opacity", true);
    slider("cut", true);
    for (const name of ["base", "map"]) {
      const input = find(`.${name}`);
      input.addEventListener("change", () => this.set({ [name]: input.value }, true) || this.released());
    }
    const rule = find(".rule");
    rule.addEventListener("change", () => this.set({ rule: rule.checked ? "paper" : "topk" }, false) || this.released());
    find(".whose-select").addEventListener("change", (event) => this.turnTo(Number(event.target.value)));
    find(".back").addEventListener("click", () => this.pick(null));
    find(".viewer").addEventListener("keydown", (event) => this.key(event));
  },

  set(change, everything) {
    Object.assign(this.settings, change);
    if ("percent" in change) this.picked = null;
    this.request(everything);
  },

  released() {
    this.send("settings", { ...this.settings });
    requestAnimationFrame(() => this.announce());
  },

  key(event) {
    if (event.key === "Escape" && this.picked) return this.pick(null);
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    const own = event.target.closest("input, select");
    if (!step || own || this.find(".percent").disabled) return undefined;
    event.preventDefault();
    this.set({ percent: Math.min(100, Math.max(1, this.settings.percent + step)) }, false);
    clearTimeout(this.pause);
    this.pause = setTimeout(() => this.released(), 400);
    return undefined;
  },

  // Show the channels of another group beside the pictures.
  turnTo(group) {
    Object.assign(this, { group, picked: null });
    this.buildEvidence();
    this.request(false);
  },

  // Show some channels alone; null returns to the top-k map.
  pick(channels, text) {
    const same = channels && this.picked?.join() === channels.join();
    this.picked = same ? null : channels;
    this.pickedText = text;
    this.request(false);
    requestAnimationFrame(() => this.announce());
  },

  // The same place in every panel: lines there, and the value of each heatmap beside its name.
  point(event) {
    const panels = this.find(".panels");
    panels.classList.toggle("pointing", Boolean(event));
    if (!event) return;
    const area = event.currentTarget.getBoundingClientRect();
    const place = [(event.clientX - area.left) / area.width, (event.clientY - area.top) / area.height];
    const [across, down] = place.map((share) => Math.min(0.9999, Math.max(0, share)));
    panels.style.setProperty("--across", `${across * 100}%`);
    panels.style.setProperty("--down", `${down * 100}%`);
    const { size, box } = this;
    const x = Math.floor(across * size.width) - box.left;
    const y = Math.floor(down * size.height) - box.top;
    const seen = x >= 0 && y >= 0 && x < box.width && y < box.height;
    for (const panel of this.panels) {
      if (!panel.map && !panel.order) continue;
      panel.valueText.textContent = seen ? ((panel.values[y * box.width + x] - panel.scale.low) * panel.scale.gain).toFixed(2) : "not seen";
    }
  },

  // The channels of the SE map now: a count of the order of scores, or those picked alone.
  chosen() {
    const { order } = this.current.scores;
    if (this.picked) return this.picked;
    const gated = this.panels.find((panel) => panel.gated && panel.order && panel.group === this.group);
    return Array.from(order.subarray(0, gated ? this.countIn(gated) : countOf(this.settings.percent, order.length)));
  },

  explainChoice(lut) {
    const { data, settings, current, picked } = this;
    const channels = this.chosen();
    const total = current.scores.order.length;
    const set = new Set(channels);
    this.fillHistogram(set);
    this.fillTiles(picked ? countOf(settings.percent, total) : channels.length, set, lut, picked);
    const gated = this.panels.some((panel) => panel.gated && panel.group === this.group);
    const ruled = gated && settings.rule === "paper" && current.rule?.count;
    const how = picked ? `${this.pickedText}, alone` : ruled ? `the paper's rule, mean + ${current.rule.z} σ` : `top ${settings.percent} %`;
    write(this.find(".account"), data.account.replace("{count}", channels.length).replace("{how}", how));
    write(this.find(".count"), `${channels.length} of ${total} channels shown (${how}).${this.ruleText(ruled)}`);
    const part = signed(channels.reduce((all, channel) => all + current.contributions[channel], 0));
    write(this.find(".share"), `Together they add ${part} of the ${current.evidence} that all channels add to the logit of ${current.target}.`);
    this.find(".single").hidden = !picked;
    write(this.find(".single-text"), picked ? `Only ${this.pickedText}.` : "");
    for (const panel of this.panels) if (panel.gated) write(panel.tagText, this.pickedIn(panel) ? `only ${this.pickedText}` : panel.tag);
  },

  ruleText(ruled) {
    const { rule } = this.current;
    if (!rule || ruled || this.picked) return "";
    if (!rule.count) return ` The paper's rule (mean + ${rule.z} σ = ${rule.threshold.toFixed(2)}) selects no channel here; shown: the exact top ${this.settings.percent} %.`;
    return ` The paper's rule (mean + ${rule.z} σ) would take ${rule.count}.`;
  },

  showSettings() {
    const { settings, find } = this;
    for (const name of ["percent", "opacity", "cut"]) {
      const input = find(`.${name}`);
      if (Number(input.value) !== settings[name]) input.value = settings[name];
    }
    const { rule } = this.current;
    const ruled = settings.rule === "paper" && Boolean(rule?.count);
    const others = this.panels.some((panel) => panel.order && !panel.gated);
    find(".percent").disabled = !this.panels.some((panel) => panel.order) || (ruled && !others);
    find(".percent").title = this.panels.some((panel) => panel.order) ? "" : "No map here takes a percentage: choose gates, or switch the controls on.";
    write(find(".percent-value"), `${settings.percent} %`);
    write(find(".opacity-value"), `${settings.opacity} %`);
    write(find(".cut-value"), (settings.cut / 100).toFixed(2));
    find(".opacity").disabled = settings.base === "none";
    find(".rule").checked = settings.rule === "paper";
    write(find(".rule-text"), rule ? `paper's rule (${rule.count})` : "");
    find(".base").value = settings.base;
    find(".map").value = settings.map;
    find(".ramp-cut").hidden = !settings.cut;
    find(".ramp-cut").style.width = `${settings.cut}%`;
    write(find(".scale-text"), this.data.scale);
  },

  // What a screen reader is told: when a slider is released, not while it moves.
  announce() {
    for (const panel of this.panels) {
      const count = panel.order ? `, ${this.pickedIn(panel) ? this.pickedText : `${this.countIn(panel)} of ${panel.order.length} channels`}` : "";
      const asked = this.data.groups ? ` for ${this.groups[panel.group].target}` : "";
      const what = panel.map || panel.order ? `Heatmap of ${panel.title}${asked}${count}, on ${this.data.name}` : this.data.name;
      panel.canvas.setAttribute("aria-label", what);
    }
    write(this.find(".spoken"), `${this.data.answer} ${this.find(".account").textContent}`);
  },
});

export default function ({ data, parentElement, setStateValue }) {
  const host = parentElement;
  host.viewer ??= new Viewer(host);
  host.viewer.send = setStateValue;
  if (host.viewer.data?.id !== data.id) host.viewer.load(data);
  return () => cancelAnimationFrame(host.viewer.frame);
}
