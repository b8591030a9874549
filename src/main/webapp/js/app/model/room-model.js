import { Outgoing } from './outgoing.js';
import { Roster } from './roster.js';
import { Timeline } from './timeline.js';
import { Typing } from './typing.js';
import { Unread } from './unread.js';

const PAGE = 50;
const GAP_PAGE = 200;

/**
 * All that the page knows about one room. Dispatches `timeline`, `people`, `typing`, `unread` and `state` when that
 * part changed; views read the parts.
 */
export class RoomModel extends EventTarget {
  timeline = new Timeline();
  /** What the view shows of the timeline: the offset at its top, or undefined when it follows the end. */
  viewedOffset;
  /** Whether somebody sees the newest messages. */
  #watched = false;
  /** Which loads run or failed: 'latest' | 'older' | 'newer' | a gap → 'loading' | Error */
  loads = new Map();
  /** The error that keeps this room from being joined. */
  refusal;
  #room;

  /**
   * @param {import('../../roomcast.js').Room} room
   * @param {() => string} user
   */
  constructor(room, user) {
    super();
    this.#room = room;
    this.outgoing = new Outgoing(room, user(), () => this.#changed('timeline'));
    this.roster = new Roster(room, () => this.#changed('people'));
    this.typing = new Typing(room, user, () => this.#changed('typing'));
    this.unread = new Unread(room.name);
    room.addEventListener('joined', ({ detail }) => this.#joined(detail));
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
    if (!this.timeline.attached) this.showLatest();
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
    this.viewedOffset = undefined;
    this.unread.forgetLine();
  }

  showLatest() {
    return this.#load('latest', { limit: PAGE }, (page) => this.timeline.showLatest(page));
  }

  /** Fetches what is before the window, if there is anything and nobody fetches it already. */
  loadOlder() {
    const { first, atStart, epoch, loaded } = this.timeline;
    if (!loaded || atStart || !first || first.epoch !== epoch) return undefined;
    return this.#load('older', { before: first.offset, limit: PAGE }, ({ messages, more }) => {
      if (this.timeline.first !== first) return;
      this.timeline.insert(messages);
      this.timeline.trim(this.viewedOffset ?? first.offset);
      if (!more) this.timeline.atStart = true;
    });
  }

  /** Fetches what is after a detached window. */
  loadNewer() {
    const { last, attached } = this.timeline;
    if (attached || !last) return undefined;
    return this.#load('newer', { after: last.offset, limit: PAGE }, ({ messages, more }) => {
      if (this.timeline.last !== last) return;
      this.timeline.insert(messages);
      if (!more) this.timeline.attached = true;
      this.timeline.trim(this.viewedOffset ?? last.offset);
    });
  }

  /** @param {{epoch: string, from: number, to: number, before: object}} gap see rows.js */
  loadGap(gap) {
    return this.#load(`gap:${gap.from}`, { after: gap.from - 1, limit: GAP_PAGE }, (page) => {
      if (this.timeline.entries.includes(gap.before)) this.timeline.fill(gap, page);
    });
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

  #joined({ epoch, offset, returned }) {
    this.refusal = undefined;
    if (!returned) {
      this.timeline.position(epoch, offset);
      this.unread.begin({ epoch, offset });
      this.#changed('unread');
    }
    if (!this.timeline.loaded) this.showLatest();
    this.#changed('state');
  }

  #arrived(message) {
    // The row of an own message stays the same row when the message comes back from the server.
    if (this.outgoing.arrived(message)) message = { ...message, rowKey: `out:${message.key}` };
    this.timeline.append(message, this.viewedOffset);
    if (this.#watched) this.#read();
    else this.unread.arrived(message);
    this.#changed('unread');
    this.#changed('timeline');
  }

  #skipped({ epoch, to, renumbered }) {
    this.timeline.position(epoch, to);
    this.outgoing.skipped(renumbered ? Infinity : to);
    this.#changed('timeline');
  }

  #refused(error) {
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
