import { delayOf } from './delay.js';

/**
 * Growing pauses between attempts, with *full jitter*: each is drawn evenly from zero to a ceiling that doubles
 * up to a cap. Thousands of clients that lost the same server then come back spread out, not in waves.
 */
export class Backoff {
  #baseMs;
  #capMs;
  #random;
  #attempt = 0;

  /**
   * @param {{baseMs?: number, capMs?: number, random?: () => number}} [options] the first ceiling (1000 ms) and the
   *     last (30000 ms)
   */
  constructor({ baseMs = 1_000, capMs = 30_000, random = Math.random } = {}) {
    this.#baseMs = baseMs;
    this.#capMs = capMs;
    this.#random = random;
  }

  /** How many pauses were drawn since the last success. */
  get attempt() {
    return this.#attempt;
  }

  /**
   * @param {number} [floorMs] a pause that somebody else demands; the jitter comes on top of it
   * @returns {number} milliseconds to wait
   */
  next(floorMs = 0) {
    // The exponent is bounded so that a week of attempts does not overflow into Infinity * 0.
    const ceiling = Math.min(this.#capMs, this.#baseMs * 2 ** Math.min(this.#attempt, 30));
    this.#attempt += 1;
    return Math.round(delayOf(delayOf(floorMs) + this.#random() * ceiling));
  }

  /** Call on success: the next pause is short again. */
  reset() {
    this.#attempt = 0;
  }
}
