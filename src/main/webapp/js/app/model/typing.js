/** Twice the time between two signals of one who goes on typing. */
const SHOWN_FOR_MS = 6_000;

/** So many names say no more than "and 98 others". */
const MOST_NAMES = 100;

/** Who is typing in a room at the moment. */
export class Typing {
  #changed;
  #timers = new Map();

  /**
   * @param {import('../../roomcast.js').Room} room
   * @param {() => string} user who looks; what they type they know themselves
   * @param {() => void} changed
   */
  constructor(room, user, changed) {
    this.#changed = changed;
    room.addEventListener('signal', ({ detail }) => {
      if (detail.signal === 'typing' && detail.sender !== user()) this.#start(detail.sender);
    });
    room.addEventListener('message', ({ detail }) => this.#stop(detail.sender));
    room.addEventListener('presence', ({ detail }) => detail.left.forEach((name) => this.#stop(name)));
  }

  get names() {
    return [...this.#timers.keys()];
  }

  #start(name) {
    if (this.#timers.size >= MOST_NAMES && !this.#timers.has(name)) return;
    clearTimeout(this.#timers.get(name));
    const isNew = !this.#timers.has(name);
    this.#timers.set(name, setTimeout(() => this.#stop(name), SHOWN_FOR_MS));
    if (isNew) this.#changed();
  }

  #stop(name) {
    clearTimeout(this.#timers.get(name));
    if (this.#timers.delete(name)) this.#changed();
  }
}
