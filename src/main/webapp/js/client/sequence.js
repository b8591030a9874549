/** How many live messages wait in memory while older ones are being fetched. */
const HELD_LIMIT = 1_000;

/**
 * Hands on a room's messages in the order of their offsets, each once, and says plainly where some are missing.
 *
 * Live messages come in order by themselves. Where the server says that it left some out (`behind`), or where a hole
 * shows, this fetches them page by page and meanwhile holds back the live ones. When more come than it may hold, it
 * forgets them all and fetches those too: memory is bounded and no hole opens.
 */
export class Sequence {
  epoch;
  /** The offset of the last message that was handed on. */
  offset = 0;
  /** The time of the message at `offset`: by it the server sees, after a return, whether it is the same message. */
  at;
  #events;
  #fetchPage;
  #held = [];
  /** The offset up to which messages are being fetched; undefined when live. */
  #target;
  /** Which run of fetching is the current one. */
  #run;
  /** What a recovery after a reconnect has still to bring. */
  #recovery;

  /**
   * @param {{message: (message: object, replayed: boolean) => void, gap: (gap: object) => void,
   *     recovered: (recovery: {from: number, to: number, count: number, complete: boolean}) => void}} events
   * @param {(after: {epoch: string, offset: number}) =>
   *     Promise<{epoch: string, messages: object[], more: boolean}>} fetchPage
   * @param {{epoch: string, offset: number, at?: number}} [since] where an earlier life of this client stopped
   */
  constructor(events, fetchPage, since) {
    this.#events = events;
    this.#fetchPage = fetchPage;
    if (since) ({ epoch: this.epoch, offset: this.offset, at: this.at } = since);
  }

  /** What to send as `since`, if anything is known. */
  get since() {
    if (this.epoch === undefined) return undefined;
    const position = { epoch: this.epoch, offset: this.offset };
    return Number.isSafeInteger(this.at) && this.at >= 0 ? { ...position, at: this.at } : position;
  }

  /**
   * Nothing is recovered in the same epoch although nothing was missed: the messages before are other ones now.
   *
   * @param {{epoch: string, offset: number, at?: number, recovered: boolean}} frame `joined`
   * @returns {boolean} whether missed messages follow; then `recovered` is called when all are there
   */
  joined({ epoch, offset, at, recovered }) {
    this.interrupted();
    if (this.epoch === undefined) {
      this.epoch = epoch;
      this.offset = offset;
      this.at = at;
    } else if (recovered && epoch === this.epoch) {
      this.#recovery = { from: this.offset + 1, to: offset, count: 0, complete: true };
      this.#finishRecovery();
      return true;
    } else {
      this.#skipTo({ epoch, from: this.offset + 1, offset, at }, offset <= this.offset);
    }
    return false;
  }

  /** @param {object} message a live or replayed `message` frame */
  message(message) {
    if (message.offset <= this.offset) return;
    if (this.#target !== undefined) {
      this.#hold(message);
    } else if (message.offset > this.offset + 1) {
      this.#hold(message);
      this.#catchUp(message.offset - 1);
    } else {
      this.#handOn(message, this.#recovery !== undefined);
    }
  }

  /** @param {{epoch: string, from: number, offset: number, at?: number}} frame `behind` */
  behind({ epoch, from, offset, at }) {
    if (epoch !== this.epoch) {
      const recovery = this.#recovery;
      this.interrupted();
      this.#skipTo({ epoch, from, offset, at });
      if (recovery) this.#events.recovered({ ...recovery, complete: false });
    } else if (offset > this.offset) {
      this.#catchUp(offset);
    }
  }

  /** The connection is gone. What is held comes again: the next join asks for all that was not handed on. */
  interrupted() {
    this.#run = undefined;
    this.#target = undefined;
    this.#held = [];
    this.#recovery = undefined;
  }

  #hold(message) {
    if (this.#held.length < HELD_LIMIT) {
      this.#held.push(message);
    } else {
      this.#held = [];
      this.#target = message.offset;
    }
  }

  async #catchUp(target) {
    this.#target = Math.max(target, this.#target ?? 0);
    if (this.#run) return;
    const run = (this.#run = {});
    while (this.offset < this.#target) {
      let page;
      try {
        page = await this.#fetchPage({ epoch: this.epoch, offset: this.offset });
      } catch (error) {
        page = { epoch: this.epoch, messages: [], more: false, error };
      }
      if (this.#run !== run) return;
      this.#append(page);
    }
    this.#goLive();
  }

  /** What a page does not hold between where we are and where it begins or ends is gone. */
  #append({ epoch, messages, more, error }) {
    const fresh = epoch === this.epoch ? messages.filter((message) => message.offset > this.offset) : [];
    for (const message of fresh) {
      if (message.offset > this.offset + 1) this.#lose(message.offset - 1);
      this.#handOn(message, true);
    }
    if ((fresh.length === 0 || !more) && this.offset < this.#target) this.#lose(this.#target, error);
  }

  #goLive() {
    const held = this.#held;
    this.#run = undefined;
    this.#target = undefined;
    this.#held = [];
    for (const message of held) this.message(message);
  }

  #handOn(message, replayed) {
    this.offset = message.offset;
    this.at = message.at;
    if (this.#recovery) this.#recovery.count += 1;
    this.#events.message(message, replayed);
    this.#finishRecovery();
  }

  #finishRecovery() {
    const recovery = this.#recovery;
    if (!recovery || this.offset < recovery.to) return;
    this.#recovery = undefined;
    this.#events.recovered(recovery);
  }

  #lose(to, error) {
    const from = this.offset + 1;
    this.offset = to;
    this.at = undefined;
    if (this.#recovery) this.#recovery.complete = false;
    this.#events.gap({ epoch: this.epoch, from, to, renumbered: false, error });
    this.#finishRecovery();
  }

  #skipTo({ epoch, from, offset, at }, isOther = false) {
    const renumbered = isOther || epoch !== this.epoch || offset < this.offset;
    this.epoch = epoch;
    this.offset = offset;
    this.at = at;
    if (renumbered) this.#events.gap({ epoch, from: 1, to: offset, renumbered });
    else if (from <= offset) this.#events.gap({ epoch, from, to: offset, renumbered });
  }
}
