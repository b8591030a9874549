import { Outgoing } from './outgoing.js';
import { Roster } from './roster.js';
import { Timeline } from './timeline.js';
import { Typing } from './typing.js';
import { Unread } from './unread.js';

const PAGE = 50;
/** So many that were read already are shown above the first that was not. */
const CONTEXT = 10;

/**
 * All that the page knows about one room. Dispatches `timeline`, `people`, `typing`, `unread` and `state` when that
 * part changed; views read the parts. Dispatches `returned` when it is known what was missed during an absence,
 * `news` with a message of somebody else that has just come, and `namesake` when one came from who has the same name.
 */
export class RoomModel extends EventTarget {
  timeline = new Timeline();
  /**
   * What the view shows of the timeline, also when it comes back: `{key, offset, edge}` of the row at its top, or
   * undefined when it follows the end. The edge is where the row ends, in pixels below the top.
   */
  place;
  /** The message that the view is to show and to mark; undefined when it has done so. */
  target;
  /** Messages that were missed have come: they are no reason to go on from what is being read. */
  staysInPlace = false;
  /** Whether somebody sees the newest messages. */
  #watched = false;
  /** Which loads run or failed: 'latest' | 'older' | 'newer' | 'missed' → 'loading' | Error */
  loads = new Map();
  /** The error that keeps this room from being joined. */
  refusal;
  #room;
  #signature;
  #isSure;
  /** Gaps whose messages are being loaded, one after the other. */
  #gaps = [];
  /** Settles when what is loaded as `latest` has come. */
  #latest;
  /** Whether a gap came with the last join. */
  #missed = false;

  /**
   * @param {import('../../roomcast.js').Room} room
   * @param {{user: () => string, marks: import('./read-marks.js').ReadMarks,
   *     signature: import('./signature.js').Signature, isSure: () => boolean}} person isSure: nobody else can have
   *     this name
   */
  constructor(room, { user, marks, signature, isSure }) {
    super();
    this.#room = room;
    this.#signature = signature;
    this.#isSure = isSure;
    this.outgoing = new Outgoing(room, user(), signature, () => this.#changed('timeline'));
    this.roster = new Roster(room, () => this.#changed('people'));
    this.typing = new Typing(room, user, () => this.#changed('typing'));
    this.unread = new Unread(room.name, marks);
    room.addEventListener('joined', ({ detail }) => this.#joined(detail));
    room.addEventListener('recovered', ({ detail }) => this.#returned({ count: detail.count }));
    room.addEventListener('message', ({ detail }) => this.#arrived(detail));
    room.addEventListener('gap', ({ detail }) => this.#skipped(detail));
    room.addEventListener('refused', ({ detail }) => this.#refused(detail));
    this.outgoing.restore();
  }

  get name() {
    return this.#room.name;
  }

  get room() {
    return this.#room;
  }

  send(content) {
    this.unread.forgetLine();
    this.outgoing.send(content);
    this.toEnd();
  }

  /** @param {boolean} watched whether the end of the timeline is on the screen of somebody who is there */
  watch(watched) {
    this.#watched = watched;
    if (!watched) return;
    const news = this.unread.count > 0;
    this.#read();
    if (news) this.#changed('unread');
  }

  /** The room is no longer on the screen. */
  putAway() {
    this.#watched = false;
    this.unread.forgetLine();
  }

  /** The same person read on in another tab. */
  readElsewhere(mark) {
    if (this.unread.readElsewhere(mark)) this.#changed('unread');
  }

  /** Makes the window end with the newest message. */
  async toEnd() {
    await this.#latest;
    if (!this.timeline.attached) await this.showLatest();
  }

  /**
   * Makes the window one with this message, and the view show it.
   *
   * @param {{epoch: string, offset: number}} message
   * @returns {Promise<boolean>} false if it is of an earlier epoch, so that nothing around it can be read
   */
  async goTo({ epoch, offset }) {
    await this.#room.whenJoined();
    await this.#latest;
    if (epoch !== this.timeline.epoch) return false;
    this.target = { epoch, offset };
    if (this.timeline.has(epoch, offset)) {
      this.#changed('timeline');
      return true;
    }
    // As much after it as before.
    const range = { before: { epoch, offset: offset + PAGE / 2 }, limit: PAGE };
    this.#latest = this.#load('latest', range, (page) => {
      if (page.epoch === this.timeline.epoch) {
        this.timeline.showPage({ ...page, messages: this.#recognised(page.messages) });
      }
    });
    await this.#latest;
    return true;
  }

  showLatest() {
    this.#latest = this.#load('latest', { limit: PAGE }, (page) => {
      this.timeline.showLatest({ ...page, messages: this.#recognised(page.messages) });
    });
    return this.#latest;
  }

  /** Fetches what is before the window, if there is anything and nobody fetches it already. */
  loadOlder() {
    const { first, atStart, epoch, loaded } = this.timeline;
    if (!loaded || atStart || !first || first.epoch !== epoch) return undefined;
    return this.#load('older', { before: first, limit: PAGE }, ({ messages, more }) => {
      if (this.timeline.first !== first) return;
      this.timeline.insert(this.#recognised(messages));
      this.timeline.trim(this.place?.offset ?? first.offset);
      if (!more) this.timeline.atStart = true;
    });
  }

  /** Fetches what is after a detached window. */
  loadNewer() {
    const { end, attached, loaded, epoch } = this.timeline;
    if (attached || !loaded || this.loads.get('missed') === 'loading') return undefined;
    return this.#load('newer', { after: { epoch, offset: end }, limit: PAGE }, (page) => this.#extend(end, page));
  }

  #extend(end, page) {
    if (this.timeline.end !== end) return;
    this.timeline.extend({ ...page, messages: this.#recognised(page.messages) });
    this.timeline.trim(this.#kept ?? end);
  }

  /** What stays when the window gets too large: what is looked at, or where reading goes on; undefined for the end. */
  get #kept() {
    const { from, count } = this.unread;
    return this.place?.offset ?? (count > 0 && from.epoch === this.timeline.epoch ? from.offset : undefined);
  }

  /**
   * The row of an own message stays the same row when the message comes back from the server. What somebody else wrote
   * under the same name, or the same person elsewhere, was not written here.
   */
  #recognised(messages) {
    return messages.map((message) => {
      if (this.outgoing.arrived(message)) return { ...message, rowKey: `out:${message.idempotencyKey}` };
      return message.own && !this.#isMine(message) ? { ...message, own: false, namesake: true } : message;
    });
  }

  #isMine(message) {
    return message.own && (this.#isSure() || this.#signature.isOn(message));
  }

  /** @param {(page: object) => void} use must look whether the window is still the one that the page was asked for */
  async #load(what, range, use) {
    if (this.loads.get(what) === 'loading') return;
    this.loads.set(what, 'loading');
    this.#changed('timeline');
    try {
      use(await this.#room.history(range));
      this.loads.delete(what);
    } catch (error) {
      this.loads.set(what, error);
    }
    this.#changed('timeline');
  }

  #joined({ epoch, offset, returned, recovered }) {
    this.refusal = undefined;
    this.#missed = false;
    if (!returned) {
      this.timeline.position(epoch, offset);
      this.unread.begin({ epoch, offset });
      this.#changed('unread');
    }
    if (!this.timeline.loaded) this.#loadFirst();
    this.#changed('state');
    // A gap, if there is one, is told right after this.
    queueMicrotask(() => {
      const comes = recovered && this.#room.position.offset < offset;
      if (!this.#missed && !comes && this.#gaps.length === 0) this.#returned({});
    });
  }

  /** Begins with the newest messages, but never past the first that was not read. */
  #loadFirst() {
    const { from, count } = this.unread;
    if (count === 0 || from.epoch !== this.timeline.epoch) {
      this.showLatest();
      return;
    }
    this.timeline.detach();
    const after = { epoch: from.epoch, offset: Math.max(0, from.offset - 1 - CONTEXT) };
    this.#latest = this.#load('latest', { after, limit: PAGE }, (page) => {
      if (this.timeline.loaded) return;
      this.#uncount(from, page);
      this.timeline.extend({ ...page, messages: this.#recognised(page.messages) });
    });
  }

  #arrived(arrived) {
    const [message] = this.#recognised([arrived]);
    this.timeline.append(message, this.#watched ? this.place?.offset : this.#kept);
    if (this.#watched) this.#read();
    else this.unread.arrived(message);
    this.#changed('unread');
    this.#changed('timeline');
    if (!message.replayed && !message.own) this.dispatchEvent(new CustomEvent('news', { detail: message }));
    if (message.namesake) this.dispatchEvent(new Event('namesake'));
  }

  #skipped({ epoch, from, to, renumbered }) {
    this.#missed = true;
    if (renumbered && epoch === this.timeline.epoch) {
      this.timeline.forget();
      this.unread.begunAnew(epoch);
      this.showLatest();
    }
    this.timeline.position(epoch, to);
    this.outgoing.skipped(renumbered ? Infinity : to);
    const count = to - from + 1;
    this.unread.missed({ epoch, offset: from }, count);
    if (count > 0 && this.timeline.loaded) {
      this.staysInPlace = document.visibilityState === 'visible';
      this.timeline.detach();
      this.#catchUp({ epoch, from, to, renumbered });
    } else {
      // What comes first is the newest page, with these.
      this.#returned({ count, renumbered });
    }
    this.#changed('unread');
    this.#changed('timeline');
  }

  /** Loads what was not delivered. A gap that comes meanwhile is next, and what is said is said of all together. */
  async #catchUp(gap) {
    this.#gaps.push(gap);
    if (this.#gaps.length > 1) return;
    const sum = { count: 0, lost: false, failed: false, renumbered: false };
    while (this.#gaps.length > 0) {
      const { from, to, renumbered } = this.#gaps[0];
      const lost = await this.#loadMissed(this.#gaps[0]);
      if (lost === undefined) sum.failed = true;
      else sum.count += to - from + 1 - lost;
      sum.lost ||= lost > 0;
      sum.renumbered ||= renumbered;
      this.#gaps.shift();
    }
    this.#returned(sum);
  }

  /**
   * As far as the server has it and somebody can read at once.
   *
   * @returns {Promise<number|undefined>} how many the server no longer has; undefined if it did not say
   */
  async #loadMissed({ epoch, from, to, renumbered }) {
    let lost;
    const { end } = this.timeline;
    await this.#load('missed', { after: { epoch, offset: from - 1 }, limit: PAGE }, (page) => {
      lost = this.#uncount({ epoch, offset: from }, page, to);
      if (end === from - 1 || renumbered) this.#extend(end, page);
    });
    if (this.loads.get('missed')?.code === 'renumbered') lost = to - from + 1;
    // What went wrong is seen again, and said, when what comes after the window is loaded.
    this.loads.delete('missed');
    this.#changed('unread');
    this.#changed('timeline');
    return lost;
  }

  /**
   * Own messages, and those that the server no longer has, were not missed.
   *
   * @returns {number} how many the server no longer has
   */
  #uncount({ epoch, offset }, page, to = this.timeline.newest) {
    if (page.epoch !== epoch) return 0;
    const found = page.messages.filter((message) => message.offset >= offset && message.offset <= to);
    const end = found[0]?.offset ?? to + 1;
    // What another tab has read was not counted.
    const first = Math.max(offset, this.unread.readUpTo(epoch) + 1);
    const own = found.filter((message) => message.offset >= first && this.#isMine(message)).length;
    this.unread.dropped(Math.max(0, end - first) + own);
    return end - offset;
  }

  #returned({ count = 0, lost = false, failed = false, renumbered = false }) {
    this.dispatchEvent(new CustomEvent('returned', { detail: { count, lost, failed, renumbered } }));
  }

  #refused(error) {
    const unnamed = { message: `The server does not take the name of this room. ${error.message}` };
    this.refusal = error.code === 'bad_request' ? unnamed : error;
    this.#changed('state');
    this.#returned({});
  }

  /** @param {{message: string}|undefined} error why there is and will be no connection; undefined: one is sought */
  ended(error) {
    this.refusal = error;
    this.#changed('state');
  }

  #read() {
    const { epoch, newest } = this.timeline;
    if (epoch !== undefined) this.unread.read({ epoch, offset: newest });
  }

  #changed(part) {
    this.dispatchEvent(new Event(part));
  }
}
