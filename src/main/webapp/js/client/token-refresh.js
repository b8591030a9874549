/** The longest pause that setTimeout knows. */
const LONGEST_MS = 2 ** 31 - 1;

const RETRY_MS = 5_000;

/** Shows the server a fresh token before the one that it knows expires, so that the connection lives on. */
export class TokenRefresh {
  #token;
  #ask;
  #timer;

  /**
   * @param {(() => string|Promise<string>)|undefined} token gives a fresh token; without it nothing is ever refreshed
   * @param {(frame: object) => Promise<object>} ask
   */
  constructor(token, ask) {
    this.#token = token;
    this.#ask = ask;
  }

  /** @param {number|undefined} expiresInMs how long the server takes the token that it knows */
  start(expiresInMs) {
    this.stop();
    if (!this.#token || !(expiresInMs > 0)) return;
    // A quarter of the time is left for answers that take long, and for a second attempt.
    this.#timer = setTimeout(() => this.#refresh(), Math.min(expiresInMs * 0.75, LONGEST_MS));
  }

  stop() {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  async #refresh() {
    const mine = this.#timer;
    try {
      const { expiresInMs } = await this.#ask({ type: 'refresh', token: await this.#token() });
      if (this.#timer === mine) this.start(expiresInMs);
    } catch {
      // No token, a refused one or no answer: the server closes the connection when the old one has expired.
      if (this.#timer === mine) this.#timer = setTimeout(() => this.#refresh(), RETRY_MS);
    }
  }
}
