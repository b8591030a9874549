import { delayOf } from './delay.js';

const RETRY_MS = 5_000;

/** What a fresh token must add to the time that is left, or it is the old one at its end. */
const WORTH_MS = 1_000;

/**
 * Shows the server a token again before the one that it knows expires, so that the connection lives on: a fresh one, or
 * the only one there is, which may be good for longer than the server lets anybody stay at a time.
 */
export class TokenRefresh {
  #token;
  #fixed;
  #endsAt = 0;
  #ask;
  #timer;

  /**
   * @param {string|(() => string|Promise<string>)|undefined} token a function gives a fresh one; without any
   *     nothing is ever refreshed
   * @param {(frame: object) => Promise<object>} ask
   */
  constructor(token, ask) {
    this.#fixed = typeof token !== 'function';
    this.#token = this.#fixed && token !== undefined ? () => token : token;
    this.#ask = ask;
  }

  /** @param {number|undefined} expiresInMs how long the server takes the token that it knows */
  start(expiresInMs) {
    this.stop();
    if (!this.#token || !(expiresInMs > 0)) return;
    this.#endsAt = performance.now() + expiresInMs;
    // A quarter of the time is left for answers that take long, and for a second attempt.
    this.#timer = setTimeout(() => this.#refresh(), delayOf(expiresInMs * 0.75));
  }

  stop() {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  async #refresh() {
    const mine = this.#timer;
    try {
      const { expiresInMs } = await this.#ask({ type: 'refresh', token: await this.#token() });
      const gained = performance.now() + expiresInMs - this.#endsAt;
      if (this.#timer === mine && (!this.#fixed || gained > WORTH_MS)) this.start(expiresInMs);
    } catch (error) {
      // No token, a refused one or no answer: the server closes the connection when the old one has expired.
      const mayTryAgain = this.#timer === mine && (!this.#fixed || error?.transient);
      if (mayTryAgain) this.#timer = setTimeout(() => this.#refresh(), RETRY_MS);
    }
  }
}
