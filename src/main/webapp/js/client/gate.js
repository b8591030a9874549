/** What some wait for: open, shut for now, or failed until it opens again. */
export class Gate {
  #open = false;
  #error;
  #waiting = [];

  /** @returns {Promise<void>} resolves as soon as the gate is open, rejects when it fails */
  wait() {
    if (this.#open) return Promise.resolve();
    if (this.#error) return Promise.reject(this.#error);
    return new Promise((resolve, reject) => this.#waiting.push({ resolve, reject }));
  }

  open() {
    this.#open = true;
    this.#error = undefined;
    for (const { resolve } of this.#waiting.splice(0)) resolve();
  }

  shut() {
    this.#open = false;
    this.#error = undefined;
  }

  fail(error) {
    this.#open = false;
    this.#error = error;
    for (const { reject } of this.#waiting.splice(0)) reject(error);
  }
}
