/** Ends a request: when it is told to, or when its time is over. */
export class Watch {
  /** Whether it was the time. */
  isOverdue = false;
  #abort = new AbortController();
  #timer;

  constructor(ms) {
    this.restart(ms);
  }

  get signal() {
    return this.#abort.signal;
  }

  /** It has so much time from now on. */
  restart(ms) {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.isOverdue = true;
      this.#abort.abort();
    }, ms);
  }

  abort() {
    this.#abort.abort();
  }

  stop() {
    clearTimeout(this.#timer);
  }
}
