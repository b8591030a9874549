/** A pause that may be ended before its time. There is one at a time. */
export class Pause {
  #timer;
  #wake;

  /** @returns {Promise<void>} resolves after the time, or when `end` is called */
  wait(ms) {
    this.end();
    return new Promise((resolve) => {
      this.#wake = resolve;
      this.#timer = setTimeout(resolve, ms);
    });
  }

  end() {
    clearTimeout(this.#timer);
    this.#wake?.();
  }
}
