// The visitor's part: dragging, keys, buttons, what is said in words, what is told to the server.

const REST = 700; // milliseconds without movement after which the server is told where the cursor stands
const FAR = 0.25; // two maps disagree when their peaks lie further apart, as a share of the picture
const STEPS = { ArrowLeft: -1, ArrowRight: 1, PageUp: -10, PageDown: 10 };

Object.assign(Player.prototype, {
  wire() {
    const { find } = this;
    const slider = (name, change) => {
      const input = find(`.${name}`);
      input.addEventListener("input", () => this.set(change(Number(input.value)), true));
      input.addEventListener("change", () => this.rest(0));
    };
    slider("step", (value) => ({ percent: this.data.percents[value] }));
    slider("opacity", (value) => ({ opacity: value }));
    for (const name of ["base", "map", "scale"]) find(`.${name}`).addEventListener("change", (event) => this.set({ [name]: event.target.value }, true) || this.rest(0));
    find(".play").addEventListener("click", () => this.toggle());
    find(".speed").addEventListener("change", (event) => this.clock.setRate(Number(event.target.value)));
    find(".next-error").addEventListener("click", () => this.jump((frame) => this.data.wrong[frame], "error"));
    find(".next-dispute").addEventListener("click", () => this.jump((frame) => this.dispute(frame), "disagreement"));
    find(".player").addEventListener("keydown", (event) => this.key(event));
    this.wireDrag(find(".rows"));
  },

  wireDrag(rows) {
    const scrub = (event) => {
      const area = this.find(".track").getBoundingClientRect();
      this.seek(Math.floor(((event.clientX - area.left) / area.width) * this.data.frames));
    };
    rows.addEventListener("pointerdown", (event) => {
      if (event.button || !event.target.closest(".plot")) return;
      event.preventDefault();
      this.find(".track").focus({ preventScroll: true });
      rows.setPointerCapture(event.pointerId);
      this.dragging = true;
      scrub(event);
    });
    rows.addEventListener("pointermove", (event) => this.dragging && scrub(event));
    for (const name of ["pointerup", "pointercancel"])
      rows.addEventListener(name, () => {
        if (this.dragging) this.rest(0);
        this.dragging = false;
      });
  },

  set(change, everything) {
    Object.assign(this.settings, change);
    this.request(everything);
  },

  // Stop playing and go to a frame.
  seek(frame) {
    this.clock.pause();
    this.move(frame);
    this.clock.seek((this.frame + 0.5) / this.data.fps);
  },

  toggle() {
    if (this.clock.playing) this.clock.pause();
    else this.clock.play();
  },

  key(event) {
    if (event.target.closest("input, select, button") || event.ctrlKey || event.metaKey || event.altKey) return;
    const { frames } = this.data;
    const step = STEPS[event.key] && STEPS[event.key] * (event.shiftKey ? 10 : 1);
    const to = { Home: 0, End: frames - 1 }[event.key] ?? (step && this.frame + step);
    if (to === undefined && event.key !== " ") return;
    event.preventDefault();
    if (event.key === " ") return this.toggle();
    this.seek(to);
    this.rest(REST);
  },

  // Go to the next frame of a kind, where a run of them begins; from the end it goes on at the start.
  jump(found, name) {
    const { frames } = this.data;
    for (let step = 1; step <= frames; step++) {
      const frame = (this.frame + step) % frames;
      if (!found(frame) || (frame && found(frame - 1))) continue;
      this.seek(frame);
      write(this.find(".jump-text"), name === "error" ? "Here the net is wrong." : `Here ${this.panels[0].title} and ${this.panels[1].title} point to different places.`);
      return this.rest(REST);
    }
    return write(this.find(".jump-text"), `There is no ${name} in this clip.`);
  },

  dispute(frame) {
    const [one, other] = this.panels.map((maps) => maps.peak(this.step, frame));
    return Math.hypot(one[0] - other[0], one[1] - other[1]) > FAR;
  },

  // Tell the server the settings once nothing has moved for a while.
  rest(pause) {
    clearTimeout(this.pause);
    this.pause = setTimeout(() => {
      const { percent, opacity, base, map, scale } = this.settings;
      this.send("settings", { percent, opacity, base, map, scale, frame: this.frame, clip: this.data.clip });
      this.announce();
    }, pause);
  },

  showClock() {
    const { frame, data, find, clock } = this;
    const stamp = (seconds) => `${String(Math.floor(seconds / 60)).padStart(2, "0")}:${(seconds % 60).toFixed(2).padStart(5, "0")}`;
    write(find(".clock"), `${stamp(frame / data.fps)} / ${stamp(data.frames / data.fps)} · frame ${frame + 1} of ${data.frames}`);
    write(find(".play-sign"), clock.playing ? "❚❚" : "▶");
    write(find(".play-text"), clock.playing ? "Pause" : "Play");
    find(".play").setAttribute("aria-pressed", String(clock.playing));
    if (!clock.playing && this.wasPlaying) this.rest(REST);
    this.wasPlaying = clock.playing;
  },

  showSettings() {
    const { settings, find, data } = this;
    if (Number(find(".step").value) !== this.step) find(".step").value = this.step;
    if (Number(find(".opacity").value) !== settings.opacity) find(".opacity").value = settings.opacity;
    for (const name of ["base", "map", "scale"]) find(`.${name}`).value = settings[name];
    const [first] = this.panels.filter((maps) => maps.ranked);
    const together = settings.scale === "clip";
    write(find(".step-value"), `${this.percent} %`);
    write(find(".opacity-value"), `${settings.opacity} %`);
    find(".opacity").disabled = settings.base === "none";
    const count = first ? countOf(this.percent, data.scores.shape[1]) : 0;
    write(find(".account"), data.account.replace("{count}", count).replace("{percent}", this.percent).replace("{scale}", together ? "one scale for the whole clip" : "every frame on its own scale"));
    write(find(".scale-text"), together ? "0 to 1: from the lowest to the highest value of the clip, the same for all its frames" : "0 to 1: each frame from its own lowest to its own highest value");
  },

  // What a screen reader is told: when something rests, not while it moves.
  announce() {
    this.say(true);
    for (const maps of this.panels) maps.canvas.setAttribute("aria-label", `Heatmap of ${maps.title} on frame ${this.frame + 1} of ${this.data.name}. ${maps.massText.textContent}`);
    this.find(".face-drawing").setAttribute("aria-label", `Frame ${this.frame + 1} of ${this.data.name}`);
    if (this.whole) this.find(".wide-drawing").setAttribute("aria-label", `Whole picture of frame ${this.frame + 1}, ${this.data.people.length} faces`);
    write(this.find(".spoken"), `${this.find(".answer").textContent}, ${this.find(".truth").textContent}. ${this.find(".account").textContent}`);
  },
});

export default function ({ data, parentElement, setStateValue, setTriggerValue }) {
  const host = parentElement;
  host.player ??= new Player(host);
  host.player.send = setStateValue;
  host.player.tell = setTriggerValue;
  if (host.player.loading?.id !== data.id) host.player.load(data);
  return () => setTimeout(() => host.isConnected || host.player.clock.release()); // the page was left
}
