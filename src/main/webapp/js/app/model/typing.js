/** Twice the time between two signals of one who goes on typing. */
const SHOWN_FOR_MS = 6_000;

/** So many names say no more than "and 98 others". */
const MOST_NAMES = 100;

/** Who is typing in a room at the moment. */
export class Typing {
  #changed;
  /** The names by ids. */
  #typing = new Map();

  /**
   * @param {import('../../roomcast.js').Room} room
   * @param {() => string} user who looks; what they type they know themselves
   * @param {() => void} changed
   */
  constructor(room, user, changed) {
    this.#changed = changed;
    room.addEventListener('signal', ({ detail }) => {
      if (detail.signal === 'typing' && detail.sender !== user()) this.#start(detail.sender, detail.name);
    });
    room.addEventListener('message', ({ detail }) => this.#stop(detail.sender));
    room.addEventListener('presence', ({ detail }) => detail.left.forEach(({ id }) => this.#stop(id)));
  }

  get names() {
    return [...this.#typing.values()].map(({ name }) => name);
  }

  #start(id, name) {
    const known = this.#typing.get(id);
    if (this.#typing.size >= MOST_NAMES && !known) return;
    clearTimeout(known?.timer);
    this.#typing.set(id, { name, timer: setTimeout(() => this.#stop(id), SHOWN_FOR_MS) });
    if (known?.name !== name) this.#changed();
  }

  #stop(id) {
    clearTimeout(this.#typing.get(id)?.timer);
    if (this.#typing.delete(id)) this.#changed();
  }
}
