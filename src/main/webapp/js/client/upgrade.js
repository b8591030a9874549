const MINUTE_MS = 60_000;

/** The pauses before the first attempts; the last one comes again and again. */
const PAUSES_MS = [MINUTE_MS, 5 * MINUTE_MS, 15 * MINUTE_MS];

/** Tries from time to time whether something better has become possible, until that is so. */
export class Upgrade {
  #attempt;
  #timer;
  #tries = 0;
  #isOn = false;

  /** @param {() => void} attempt */
  constructor(attempt) {
    this.#attempt = attempt;
  }

  start() {
    this.stop();
    this.#isOn = true;
    this.#plan();
  }

  /** The network has changed. */
  now() {
    if (!this.#isOn) return;
    this.#tries = 0;
    this.#plan();
    this.#attempt();
  }

  /** What has been tried counts when it starts again. */
  stop() {
    this.#isOn = false;
    clearTimeout(this.#timer);
  }

  #plan() {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#tries += 1;
      this.#plan();
      this.#attempt();
    }, PAUSES_MS[Math.min(this.#tries, PAUSES_MS.length - 1)]);
  }
}
