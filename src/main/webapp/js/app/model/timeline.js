/** How many messages are kept, and so shown, of one room. More are fetched when somebody scrolls there. */
const KEPT = 300;

/**
 * The messages of a room that this page holds: a window onto its history, ordered, each once.
 *
 * The window is *attached* while its end is the newest message: then new ones are appended. When somebody reads far
 * up, the end is dropped to keep the window small; it is then detached until what comes after it is loaded again. It
 * is also detached when messages were missed, so that they are read on from where somebody stopped.
 *
 * Gaps are not stored but seen: two neighbours whose offsets do not follow each other have one between them. The
 * server no longer has what is missing there, since pages are loaded from end to end.
 */
export class Timeline {
  epoch;
  /** The highest offset that the room is known to have. */
  newest = 0;
  attached = true;
  /** False until the first page of history came. */
  loaded = false;
  /** Whether the server has nothing before the first message of the window. */
  atStart = false;
  #entries = [];

  get entries() {
    return this.#entries;
  }

  get first() {
    return this.#entries[0];
  }

  get last() {
    return this.#entries.at(-1);
  }

  /** The offset after which the window goes on; 0 where nothing of the current epoch is held. */
  get end() {
    return this.last && this.last.epoch === this.epoch ? this.last.offset : 0;
  }

  /** The room was joined, or its numbering began anew. Messages of an older epoch stay, above those of the new one. */
  position(epoch, newest) {
    this.newest = epoch === this.epoch ? Math.max(this.newest, newest) : newest;
    this.epoch = epoch;
  }

  /** New messages are not appended before those that come before them are loaded. */
  detach() {
    this.attached = false;
  }

  /** The messages of this epoch are other ones now. */
  forget() {
    this.#entries = this.#entries.filter(({ epoch }) => epoch !== this.epoch);
    this.loaded = false;
  }

  /**
   * A new message.
   *
   * @param {number|undefined} keep the offset that is being looked at; undefined for somebody who follows the end
   */
  append(message, keep) {
    this.position(message.epoch, message.offset);
    if (!this.attached) return;
    this.insert([message]);
    this.trim(keep);
  }

  /** Messages from anywhere in the current epoch; those that are here already change nothing. */
  insert(messages) {
    for (const message of messages) {
      if (message.epoch !== this.epoch) continue;
      const index = this.#indexFor(message.offset);
      if (this.#entries[index]?.offset === message.offset && this.#entries[index].epoch === this.epoch) continue;
      this.#entries.splice(index, 0, message);
    }
  }

  /** Starts over from the newest page. */
  showLatest({ epoch, messages, more }) {
    const last = messages.at(-1)?.offset ?? 0;
    this.position(epoch, last);
    if (this.loaded) this.#entries = this.#entries.filter((entry) => entry.epoch === epoch && entry.offset > last);
    this.insert(messages);
    this.attached = this.end >= this.newest || messages.length === 0;
    this.loaded = true;
    this.atStart = !more;
  }

  /** @returns {boolean} whether the window has this message */
  has(epoch, offset) {
    return this.#entries.some((entry) => entry.epoch === epoch && entry.offset === offset);
  }

  /** Starts over from a page somewhere in the history of the current epoch. */
  showPage({ messages, more }) {
    this.#entries = [];
    this.insert(messages);
    this.attached = this.end >= this.newest;
    this.loaded = true;
    this.atStart = !more;
  }

  /** A page that was asked for with `after: end`. */
  extend({ epoch, messages, more }) {
    this.position(epoch, messages.at(-1)?.offset ?? 0);
    const { end } = this;
    this.insert(messages);
    this.loaded = true;
    // What came in the meantime was not appended, so that one more page may be needed.
    this.attached = this.end === end || (!more && this.end >= this.newest);
  }

  /** Drops messages from the end that is farther from `keep`, until the window is small enough. */
  trim(keep = Infinity) {
    while (this.#entries.length > KEPT) {
      const index = keep === Infinity ? this.#entries.length : this.#indexFor(keep);
      if (index > this.#entries.length / 2) {
        this.#entries.shift();
        this.atStart = false;
      } else {
        this.#entries.pop();
        this.attached = false;
      }
    }
  }

  /** Where an offset of the current epoch belongs. Older epochs come first. */
  #indexFor(offset) {
    let low = 0;
    let high = this.#entries.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const entry = this.#entries[middle];
      if (entry.epoch !== this.epoch || entry.offset < offset) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
