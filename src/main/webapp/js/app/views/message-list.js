import { calendar } from '../calendar.js';
import { el, perFrame } from '../dom.js';
import { errorText } from '../error-text.js';
import { countOf } from '../format.js';
import { rowsOf } from '../model/rows.js';
import { Announcer } from './announcer.js';
import { shareOf } from './frame-share.js';
import { stepThrough } from './message-steps.js';
import { MessageRow } from './message-row.js';
import { Reconciler } from './reconcile.js';
import { ScrollKeeper } from './scroll-keeper.js';
import { createSeparator, updateSeparator } from './separator-rows.js';

/** How near an end of the window more is fetched: before somebody arrives there. */
const LOAD_WITHIN_PX = 800;

const LOADING = 'Loading messages…';

/** The messages of one room: a window that follows the end, or stands still where somebody reads. */
export class MessageList {
  #chat;
  #model;
  #body;
  #scroller;
  #log;
  #keeper;
  #announcer;
  #rows;
  /** The view has still to be brought to where reading begins. */
  #toPlace = true;
  /** Somebody wants to see the newest message, and has not seen it yet, since not all is drawn. */
  #goesToEnd = false;
  /** What is said at each end of the window: 'older' | 'newer' → what `loads` of the model had. */
  #statuses = new Map();
  /** The end of a window that was detached is not the room's end: what comes after it is read on, not jumped to. */
  #wasAttached = true;
  /**
   * The model has changed since the rows were drawn, or not all are drawn yet, so that distances say nothing about
   * what is to be loaded.
   */
  #stale = false;
  #draw = perFrame(() => this.#render());
  #stop = new AbortController();

  /**
   * @param {import('../model/chat.js').Chat} chat
   * @param {import('../model/room-model.js').RoomModel} model
   * @param {HTMLElement} body the `.pane-body` of a pane
   */
  constructor(chat, model, body) {
    this.#chat = chat;
    this.#model = model;
    this.#body = body;
    this.#scroller = body.querySelector('.scroller');
    this.#log = body.querySelector('.log');
    this.#log.setAttribute('aria-label', `Messages in #${model.name}`);
    this.#scroller.setAttribute('aria-label', `Messages in #${model.name}`);
    this.#keeper = new ScrollKeeper(this.#scroller, this.#log);
    this.#rows = new Reconciler(this.#log, {
      create: (row) => this.#create(row),
      update: (node, row) => (row.kind === 'message' ? node.view.update(row) : updateSeparator(node, row, model)),
    });
    this.#announcer = new Announcer(model, body.querySelector('.news'), this.#stop.signal);
    stepThrough(this.#scroller, this.#log, this.#stop.signal);
    const render = () => {
      this.#stale = true;
      this.#draw();
    };
    const { signal } = this.#stop;
    for (const part of ['timeline', 'state']) model.addEventListener(part, render, { signal });
    calendar.addEventListener('change', () => this.#retime(), { signal });
    model.addEventListener('unread', perFrame(() => this.#showPill()), { signal });
    this.#scroller.addEventListener('scroll', () => this.#scrolled(), { passive: true, signal });
    // A message that was opened may have pushed the end away, without any scrolling.
    this.#log.addEventListener('click', () => this.#scrolled(), { signal });
    document.addEventListener('visibilitychange', () => this.#watch(), { signal });
    body.querySelector('.pill').addEventListener('click', () => this.toLatest(), { signal });
    render();
  }

  set active(active) {
    this.#announcer.active = active;
  }

  /** Goes to the newest message and stays there. */
  async toLatest() {
    await this.#model.toEnd();
    if (this.#stop.signal.aborted) return;
    this.#model.place = undefined;
    this.#model.staysInPlace = false;
    this.#toPlace = false;
    this.#goesToEnd = true;
    this.#render();
    this.#keeper.toEnd();
    this.#scrolled();
  }

  /** @param {number} pages how many screens to scroll; negative is up */
  scrollBy(pages) {
    this.#scroller.scrollTop += pages * this.#scroller.clientHeight * 0.85;
  }

  stop() {
    this.#stop.abort();
    this.#keeper.stop();
  }

  #create(row) {
    if (row.kind !== 'message') return createSeparator(row, this.#model);
    const view = new MessageRow(this.#model, row);
    view.element.view = view;
    return view.element;
  }

  #render() {
    if (this.#stop.signal.aborted) return;
    const { loads, timeline } = this.#model;
    const hadFocus = this.#scroller.contains(document.activeElement);
    const all = rowsOf(this.#model, { id: this.#chat.user, name: this.#chat.userName });
    const rows = shareOf(all, (key) => this.#rows.has(key));
    this.#stale = rows.length < all.length;
    const loading = loads.get('older') === 'loading' || loads.get('newer') === 'loading';
    this.#log.setAttribute('aria-busy', String(loading || this.#stale));
    const follows = this.#keeper.following && this.#wasAttached && !this.#model.staysInPlace;
    // Nobody has seen these, so that reading goes on with the first of them.
    if (follows && this.#model.unread.count > 0 && !this.#goesToEnd) this.#toPlace = true;
    const stick = follows && timeline.attached;
    this.#wasAttached = timeline.attached;
    this.#keeper.during(stick, () => {
      this.#rows.show(rows);
      this.#showStatus('older', loads.get('older'), () => this.#model.loadOlder());
      this.#showStatus('newer', loads.get('newer'), () => this.#model.loadNewer());
    });
    if (hadFocus && !this.#scroller.contains(document.activeElement)) this.#scroller.focus({ preventScroll: true });
    if (this.#toPlace && timeline.loaded && !this.#stale) this.#place();
    if (timeline.attached && !this.#stale) this.#stayed();
    if (this.#model.target && timeline.loaded && !this.#stale) this.#showTarget();
    this.#showNotice();
    this.#scrolled();
    if (this.#stale) this.#draw();
    else this.#goesToEnd = false;
  }

  /** Times and days are called otherwise now. */
  #retime() {
    for (const row of this.#log.children) row.view?.showTime();
    this.#draw();
  }

  /** Where to begin: where somebody was before, else at the end, but never past what was not read yet. */
  #place() {
    this.#toPlace = false;
    const { place, timeline } = this.#model;
    const before = place && this.#rows.node(place.key);
    if (before) {
      this.#keeper.restore(before, place.edge);
      return;
    }
    const line = this.#log.querySelector('.unread-line');
    if (timeline.attached) this.#keeper.toEnd();
    if (line && (!timeline.attached || !this.#keeper.isBelowTop(line))) this.#keeper.toTop(line);
  }

  /** The message that somebody has chosen from a search: in the middle, with the focus, and marked. */
  #showTarget() {
    const { epoch, offset } = this.#model.target;
    const row = [...this.#log.querySelectorAll(`.message[data-offset="${offset}"]`)]
      .find(({ view }) => view.row.message.epoch === epoch);
    if (!row && this.#model.loads.get('latest') === 'loading') return;
    this.#model.target = undefined;
    if (!row) return;
    for (const before of this.#log.querySelectorAll('.found-here')) before.classList.remove('found-here');
    row.classList.add('found-here');
    row.scrollIntoView({ block: 'center' });
    row.focus({ preventScroll: true });
  }

  /** What was missed has been put below what is being read. */
  #stayed() {
    if (!this.#model.staysInPlace) return;
    this.#model.staysInPlace = false;
    this.#keeper.scrolled();
    if (this.#keeper.following) this.#keeper.toEnd();
  }

  #scrolled() {
    const { timeline, loads } = this.#model;
    this.#keeper.scrolled();
    if (!this.#toPlace) this.#model.place = this.#keeper.following && timeline.attached ? undefined : this.#placeNow();
    this.#watch();
    this.#showPill();
    if (this.#stale) return;
    if (this.#keeper.distanceToStart < LOAD_WITHIN_PX && !loads.has('older')) this.#model.loadOlder();
    if (this.#keeper.distanceToEnd < LOAD_WITHIN_PX && !loads.has('newer')) this.#model.loadNewer();
  }

  #placeNow() {
    const row = this.#keeper.firstVisible('.message[data-offset]');
    if (!row) return undefined;
    const { key, message } = row.view.row;
    // What is of an earlier epoch comes before all of this one.
    const offset = message.epoch === this.#model.timeline.epoch ? message.offset : 0;
    return { key, offset, edge: this.#keeper.edgeOf(row) };
  }

  #watch() {
    const { attached, loaded } = this.#model.timeline;
    const atEnd = this.#keeper.following && attached && loaded && !this.#toPlace && !this.#stale;
    this.#model.watch(atEnd && document.visibilityState === 'visible');
  }

  #showPill() {
    if (this.#stop.signal.aborted) return;
    const { timeline, unread } = this.#model;
    const far = !timeline.attached || this.#keeper.distanceToEnd > this.#scroller.clientHeight;
    const following = this.#keeper.following && timeline.attached;
    const pill = this.#body.querySelector('.pill');
    pill.hidden = following || !(unread.count > 0 || far);
    pill.classList.toggle('has-unread', unread.count > 0);
    pill.firstElementChild.textContent = unread.count > 0 ? countOf(unread.count, 'new message') : 'Latest messages';
  }

  /** What is said already is not said again, and its button keeps the focus. */
  #showStatus(end, load, retry) {
    if (this.#statuses.get(end) === load) return;
    this.#statuses.set(end, load);
    const status = this.#body.querySelector(`[data-status=${end}]`);
    status.hidden = load === undefined;
    if (load === 'loading') status.textContent = LOADING;
    else if (load) status.replaceChildren(...withRetry(load, retry));
  }

  /** What there is to say about the room as a whole: in its middle while nothing is there, else below the messages. */
  #showNotice() {
    const { timeline, refusal, loads } = this.#model;
    const failed = loads.get('latest') instanceof Error ? loads.get('latest') : undefined;
    const empty = this.#body.querySelector('.list-empty');
    const notice = this.#body.querySelector('.list-notice');
    const isEmpty = !this.#log.querySelector('.message');
    let content = [];
    if (refusal) content = [errorText(refusal)];
    else if (failed) content = withRetry(failed, () => this.#model.showLatest());
    else if (!timeline.loaded) content = [LOADING];
    else if (isEmpty) content = ['Nothing here yet. Say hello!'];
    empty.hidden = !isEmpty;
    notice.hidden = isEmpty || content.length === 0;
    const [place, other] = isEmpty ? [empty, notice] : [notice, empty];
    other.replaceChildren();
    const said = content.map((part) => part.textContent ?? part).join('');
    // What is said already is not said again, and its button keeps the focus.
    if (place.textContent !== said) place.replaceChildren(...content);
  }
}

/** What went wrong, and a button that tries again. */
function withRetry(error, retry) {
  return [`${errorText(error)} `, el('button', { class: 'button small', type: 'button', onclick: retry }, 'Try again')];
}
