// @ts-check
// Sound is the clock: an audio element plays, and at every screen refresh its time says which frame to show.
// Without sound the clock of the machine serves.

const RATE = 16000; // samples a second

export class Clock {
  /**
   * @param {(time: number) => void} onFrame called with the seconds to show
   * @param {() => void} onState called when it starts or stops
   */
  constructor(onFrame, onState) {
    this.onFrame = onFrame;
    this.onState = onState;
    this.rate = 1;
    this.playing = false;
    this.handle = 0;
    this.seconds = 0;
    this.fps = 1;
    this.time = 0;
    this.started = 0; // by the clock of the machine, in milliseconds
    this.url = "";
    /** @type {HTMLAudioElement | null} */
    this.audio = null;
  }

  /**
   * Take a new clip.
   * @param {Int16Array<ArrayBuffer> | null} samples at 16 000 Hz
   * @param {number} seconds
   * @param {number} fps
   */
  load(samples, seconds, fps) {
    this.release();
    Object.assign(this, { seconds, fps, time: 0 });
    if (!samples) return;
    this.url = URL.createObjectURL(new Blob([waveHeader(samples.length), samples], { type: "audio/wav" }));
    this.audio = new Audio(this.url);
    this.audio.preload = "auto";
    this.audio.addEventListener("ended", () => this.pause());
  }

  /** @param {number} time */
  seek(time) {
    this.time = time;
    if (this.audio) this.audio.currentTime = Math.min(time, this.audio.duration || time);
    this.started = performance.now() - (time * 1000) / this.rate;
  }

  play() {
    if (this.time >= this.seconds - 1.5 / this.fps) this.seek(0);
    this.playing = true;
    this.started = performance.now() - (this.time * 1000) / this.rate;
    if (this.audio) {
      this.audio.playbackRate = this.rate;
      this.audio.play().catch(() => this.pause());
    }
    this.onState();
    this.tick();
  }

  tick() {
    if (!this.playing) return;
    const passed = ((performance.now() - this.started) / 1000) * this.rate;
    this.time = this.audio ? this.audio.currentTime : passed;
    if (this.time >= this.seconds - 0.5 / this.fps) {
      this.onFrame(this.seconds);
      this.pause();
      return;
    }
    this.onFrame(this.time);
    this.handle = requestAnimationFrame(() => this.tick());
  }

  pause() {
    cancelAnimationFrame(this.handle);
    const was = this.playing;
    this.playing = false;
    this.audio?.pause();
    if (was) this.onState();
  }

  toggle() {
    if (this.playing) this.pause();
    else this.play();
  }

  /** @param {number} rate */
  setRate(rate) {
    this.rate = rate;
    if (this.audio) this.audio.playbackRate = rate;
    this.seek(this.time);
  }

  release() {
    this.pause();
    if (this.url) URL.revokeObjectURL(this.url);
    this.audio?.removeAttribute("src");
    this.audio = null;
    this.url = "";
  }
}

/**
 * The head of a WAV file of so many samples.
 * @param {number} count
 */
function waveHeader(count) {
  const view = new DataView(new ArrayBuffer(44));
  const words = (/** @type {number} */ at, /** @type {string} */ text) =>
    [...text].forEach((letter, place) => view.setUint8(at + place, letter.charCodeAt(0)));
  words(0, "RIFF");
  view.setUint32(4, 36 + 2 * count, true);
  words(8, "WAVEfmt ");
  view.setUint32(16, 16, true);
  view.setUint16(20, 1, true); // PCM
  view.setUint16(22, 1, true); // mono
  view.setUint32(24, RATE, true);
  view.setUint32(28, 2 * RATE, true);
  view.setUint16(32, 2, true);
  view.setUint16(34, 16, true);
  words(36, "data");
  view.setUint32(40, 2 * count, true);
  return view.buffer;
}
