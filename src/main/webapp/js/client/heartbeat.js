import { delayOf } from './delay.js';

/** A server that wants to be asked more often than this is mistaken. */
const SHORTEST_MS = 1_000;

/** How long a server may take to answer a ping. */
const PONG_WITHIN_MS = 10_000;

/**
 * Finds a dead server. A TCP connection whose other end vanished looks alive for minutes; so when nothing was heard
 * for a while this sends a `ping`, and declares the connection dead when nothing at all comes back.
 */
export class Heartbeat {
  #ping;
  #dead;
  #intervalMs = 0;
  #timer;
  #waitsForPong = false;
  #heardAt = performance.now();

  /** @param {{ping: () => void, dead: () => void}} actions */
  constructor({ ping, dead }) {
    this.#ping = ping;
    this.#dead = dead;
  }

  /** @param {number} intervalMs how much silence is normal; 0 or nothing means that only `probe` pings */
  start(intervalMs) {
    this.#intervalMs = intervalMs > 0 ? Math.max(delayOf(intervalMs), SHORTEST_MS) : 0;
    this.heard();
  }

  /** Any frame is a sign of life, not just a pong. */
  heard() {
    this.#waitsForPong = false;
    this.#heardAt = performance.now();
    clearTimeout(this.#timer);
    if (this.#intervalMs) this.#timer = setTimeout(() => this.probe(), this.#intervalMs);
  }

  /** For how many milliseconds nothing was heard. */
  get silentMs() {
    return performance.now() - this.#heardAt;
  }

  /** Asks now: the network changed or the computer woke up, so silence means little. */
  probe() {
    if (this.#waitsForPong) return;
    this.#waitsForPong = true;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#dead(), PONG_WITHIN_MS);
    this.#ping();
  }

  stop() {
    clearTimeout(this.#timer);
    this.#intervalMs = 0;
  }
}
