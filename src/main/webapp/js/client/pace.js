/** As many polls may come one right after another, within the time. */
const BURST = 10;
const WITHIN_MS = 1_000;

/** How often polls may begin. Where each is answered at once, the messages of a moment come together. */
export class Pace {
  #startedAt = [];

  /** @returns {number} milliseconds to wait before the next one, which is taken to begin after that */
  delayMs() {
    const now = performance.now();
    const first = this.#startedAt.length < BURST ? -Infinity : this.#startedAt.shift();
    const startAt = Math.max(now, first + WITHIN_MS);
    this.#startedAt.push(startAt);
    return startAt - now;
  }
}
