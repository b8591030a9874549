/** How many messages are kept, and so shown, of one room. More are fetched when somebody scrolls there. */
const KEPT = 300;

/**
 * The messages of a room that this page holds: a window onto its history, ordered, each once.
 *
 * The window is *attached* while its end is the newest message: then new ones are appended. When somebody reads far
 * up, the end is dropped to keep the window small; it is then detached until the newest messages are loaded again.
 *
 * Gaps are not stored but seen: two neighbours whose offsets do not follow each other have one between them.
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
  /** Ranges of offsets that the server was asked for and no longer has. */
  #gone = [];

  get entries() {
    return this.#entries;
  }

  get first() {
    return this.#entries[0];
  }

  get last() {
    return this.#entries.at(-1);
  }

  /** The room was joined, or its numbering began anew. Messages of an older epoch stay, above those of the new one. */
  position(epoch, newest) {
    if (epoch !== this.epoch) {
      this.epoch = epoch;
      this.newest = newest;
      this.#gone = [];
    } else {
      this.newest = Math.max(this.newest, newest);
    }
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
      if (this.#entries[index]?.offset === message.offset) continue;
      this.#entries.splice(index, 0, message);
    }
  }

  /** Starts over from the newest page. */
  showLatest({ epoch, messages, more }) {
    const last = messages.at(-1)?.offset ?? 0;
    this.position(epoch, last);
    if (this.loaded) this.#entries = this.#entries.filter((entry) => entry.epoch === epoch && entry.offset > last);
    this.insert(messages);
    this.attached = true;
    this.loaded = true;
    this.atStart = !more;
  }

  /** What a page that was asked for with `after: gap.from - 1` tells about that gap. */
  fill(gap, { epoch, messages, more }) {
    const found = epoch === this.epoch ? messages.filter(({ offset }) => offset <= gap.to) : [];
    const first = messages[0]?.offset ?? Infinity;
    if (epoch !== this.epoch || first > gap.from) this.#lose(gap.from, Math.min(first - 1, gap.to));
    const last = found.at(-1)?.offset;
    if (last !== undefined && !more && last < gap.to) this.#lose(last + 1, gap.to);
    this.insert(found);
  }

  /** @returns {boolean} whether a gap cannot be filled any more */
  isGone({ epoch, from, to }) {
    return epoch !== this.epoch || this.#gone.some((range) => range.from <= from && to <= range.to);
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

  #lose(from, to) {
    if (from <= to) this.#gone.push({ from, to });
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
