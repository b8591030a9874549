const SHORTEST_MS = 1_000;

/** A ping comes after this share of the time that the way bears. */
const SHARE = 0.8;

/** Two cuts within this share of each other were made by the same rule, and not by an accident. */
const ALIKE = 0.25;

/**
 * How long a WebSocket may be silent on this way to the server. Something on it may cut connections that are silent for
 * less than the server takes for normal. That shows when two are cut after the same time; then this client pings more
 * often.
 */
export class Silence {
  longestMs = Infinity;
  #lastCut;

  /** @param {number} ms how long nothing had come over a WebSocket that was cut */
  cut(ms) {
    const isAlike = this.#lastCut !== undefined && Math.abs(ms - this.#lastCut) <= this.#lastCut * ALIKE;
    this.#lastCut = ms;
    if (isAlike && ms >= SHORTEST_MS) this.longestMs = Math.min(this.longestMs, Math.max(SHORTEST_MS, ms * SHARE));
  }

  /** Another network, perhaps. */
  forget() {
    this.longestMs = Infinity;
    this.#lastCut = undefined;
  }
}
