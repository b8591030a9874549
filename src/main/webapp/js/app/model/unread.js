/** How much of one room was not read yet; remembered, so that a reload does not call everything read. */
export class Unread {
  count = 0;
  /** The first unread message, `{epoch, offset}`; stays after reading, so that the line above it does not vanish. */
  from;
  #room;
  #marks;
  #mark;
  /** How far the same person has read in other tabs: epoch → offset. */
  #elsewhere = new Map();

  /**
   * @param {string} room
   * @param {import('./read-marks.js').ReadMarks} marks
   */
  constructor(room, marks) {
    this.#room = room;
    this.#marks = marks;
  }

  /** The room was joined for the first time in this page's life. */
  begin({ epoch, offset }) {
    const mark = this.#marks.of(this.#room);
    if (mark === undefined) {
      this.read({ epoch, offset });
      return;
    }
    // Where the numbering began anew since, all of it came later.
    const read = mark.epoch === epoch ? mark.offset : 0;
    this.missed({ epoch, offset: read + 1 }, offset - read);
  }

  arrived({ epoch, offset, own }) {
    if (!own) this.missed({ epoch, offset }, 1);
  }

  /**
   * Messages came that nobody here has seen. What another tab has read is no news, also where it comes later here.
   *
   * @param {{epoch: string, offset: number}} from the first of them
   */
  missed({ epoch, offset }, count) {
    const first = Math.max(offset, this.readUpTo(epoch) + 1);
    const unread = count - (first - offset);
    if (!(unread > 0)) return;
    if (this.count === 0) this.from = { epoch, offset: first };
    this.count += unread;
  }

  /** @returns {number} the offset up to which other tabs have read; 0 if they have not */
  readUpTo(epoch) {
    return this.#elsewhere.get(epoch) ?? 0;
  }

  /** So many of those that were counted are this user's own, or the server no longer has them. */
  dropped(count) {
    this.count = Math.max(0, this.count - count);
  }

  /** @param {{epoch: string, offset: number}} position the newest message that was seen */
  read({ epoch, offset }) {
    this.count = 0;
    if (this.#mark?.epoch === epoch && this.#mark.offset >= offset) return;
    this.#mark = { epoch, offset };
    this.#marks.set(this.#room, this.#mark);
  }

  /**
   * The same person read on in another tab.
   *
   * @param {{epoch: string, offset: number}} mark
   * @returns {boolean} whether less is unread now
   */
  readElsewhere({ epoch, offset }) {
    this.#elsewhere.set(epoch, Math.max(offset, this.readUpTo(epoch)));
    if (this.count === 0 || this.from?.epoch !== epoch || offset < this.from.offset) return false;
    this.count = Math.max(0, this.count - (offset - this.from.offset + 1));
    this.from = { epoch, offset: offset + 1 };
    return true;
  }

  /** The messages of this epoch are other ones now: nobody has read them. */
  begunAnew(epoch) {
    this.#elsewhere.delete(epoch);
  }

  /** The line above the first unread message has served. */
  forgetLine() {
    if (this.count === 0) this.from = undefined;
  }
}
