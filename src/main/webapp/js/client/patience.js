/** How long a poll may wait for something to come. */
const LONGEST_MS = 20_000;
const SHORTEST_MS = 1_000;

/** What is left to a poll of the time after which something on the way has cut one. */
const SHARE = 0.8;

/** So many polls that ended by themselves, and the next ones may wait longer again. */
const ENOUGH = 5;
const GROWTH = 1.5;

/** A cut within this share of an earlier one was made by the same rule, and not by an accident. */
const ALIKE = 0.25;

/**
 * How long polls wait on this way to the server. Something on it may cut a connection over which nothing has come for
 * its time: polls then end before that. A cut may also be an accident; so they wait longer again, bit by bit, unless
 * the next cut comes after the same time.
 */
export class Patience {
  waitMs = LONGEST_MS;
  #longest = LONGEST_MS;
  #lastCut;
  #completed = 0;

  /** Another network, perhaps. */
  forget() {
    this.waitMs = LONGEST_MS;
    this.#longest = LONGEST_MS;
    this.#lastCut = undefined;
    this.#completed = 0;
  }

  /** @param {number} ms how long a poll had waited when it was cut */
  cut(ms) {
    const bearable = Math.max(SHORTEST_MS, Math.round(Math.min(ms, this.waitMs) * SHARE));
    if (this.#lastCut !== undefined && Math.abs(ms - this.#lastCut) <= this.#lastCut * ALIKE) this.#longest = bearable;
    this.#lastCut = ms;
    this.waitMs = Math.min(this.waitMs, bearable);
    this.#completed = 0;
  }

  /** No answer came, nor an end: what the way bears is less than what was tried. */
  unanswered() {
    this.cut(this.waitMs / 2);
  }

  /** A poll has waited its whole time, and was answered. */
  completed() {
    this.#completed += 1;
    if (this.#completed < ENOUGH) return;
    this.#completed = 0;
    this.waitMs = Math.min(this.#longest, Math.round(this.waitMs * GROWTH));
  }
}
