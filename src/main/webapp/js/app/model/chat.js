import { Roomcast } from '../../roomcast.js';
import { endpoint } from '../address.js';
import { ConnectionStatus } from './connection-status.js';
import { preferences } from './preferences.js';
import { ReadMarks } from './read-marks.js';
import { RoomModel } from './room-model.js';
import { Signature } from './signature.js';
import { Tabs } from './tabs.js';

/** To add up what is unread in all rooms at each message is too much where many come. */
const UNREAD_TOLD_EVERY_MS = 50;

/**
 * The whole chat of one person: the connection, the rooms, and which of them stand on the screen.
 * Dispatches `rooms` (a room came or went), `panes` (what stands where), `unread`, `namesake` (somebody has the same
 * name), and `renamed` (this person has another name).
 */
export class Chat extends EventTarget {
  client;
  status;
  /** The names of the rooms on the screen, from left to right. */
  panes = [];
  /** The room that shortcuts and the people list are about. */
  active;
  #rooms = new Map();
  #capacity = 1;
  #unreadTimer;
  #tabs = new Tabs(() => this.user);
  #person;
  /** Whether the server has verified the name, so that nobody else can have it. */
  #isSure = false;

  /** @param {string} user */
  constructor(user) {
    super();
    this.client = new Roomcast({ user, token: preferences.token.get() || undefined, url: endpoint() });
    this.status = new ConnectionStatus(this.client);
    this.#person = {
      user: () => this.user,
      marks: new ReadMarks(user, this.#tabs),
      signature: new Signature(user),
      isSure: () => this.#isSure,
    };
    this.client.addEventListener('open', ({ detail }) => { this.#isSure = detail.proven === true; });
    this.client.addEventListener('closed', ({ detail }) => this.#ended(detail));
    this.client.addEventListener('connecting', () => this.#ended(undefined));
    this.#tabs.addEventListener('joined', ({ detail }) => this.#add(detail));
    this.#tabs.addEventListener('left', ({ detail }) => this.#leftElsewhere(detail));
    this.#tabs.addEventListener('read', ({ detail }) => {
      for (const [name, mark] of Object.entries(detail)) this.room(name)?.readElsewhere(mark);
    });
  }

  /** The id, by which what is one's own is known. */
  get user() {
    return this.client.user;
  }

  get userName() {
    return this.client.userName;
  }

  /** @returns {RoomModel[]} in the order in which they were joined */
  get rooms() {
    return [...this.#rooms.values()];
  }

  get unread() {
    return this.rooms.reduce((sum, { unread }) => sum + unread.count, 0);
  }

  /** How many messages would be lost with this tab. */
  get unsent() {
    return this.rooms.reduce((sum, { outgoing }) => sum + outgoing.unsent, 0);
  }

  /** @returns {RoomModel|undefined} */
  room(name) {
    return this.#rooms.get(name);
  }

  /** How many rooms fit side by side. */
  get capacity() {
    return this.#capacity;
  }

  set capacity(capacity) {
    this.#capacity = capacity;
    this.#setPanes(this.panes);
  }

  /** Joins a room without showing it, and in the other tabs, too: somebody wants to be there. */
  join(name) {
    if (this.#add(name)) this.#tabs.tell('joined', name);
  }

  /** Joins a room that this tab was in before. The other tabs know of it, and may have left it since. */
  restore(name) {
    this.#add(name);
  }

  #add(name) {
    if (this.#rooms.has(name)) return false;
    const model = new RoomModel(this.client.join(name), this.#person);
    this.status.watch(model);
    model.addEventListener('unread', () => this.#unreadChanged());
    model.addEventListener('namesake', () => this.dispatchEvent(new Event('namesake')), { once: true });
    model.room.addEventListener('presence', ({ detail }) => {
      if (detail.renamed.some(({ id }) => id === this.user)) this.dispatchEvent(new Event('renamed'));
    });
    this.#rooms.set(name, model);
    // Other tabs have rooms of their own, which stay.
    preferences.rooms.change((names) => (names.includes(name) ? names : [...names, name]));
    this.#roomsChanged();
    return true;
  }

  /**
   * Shows a room, joining it if need be.
   *
   * @param {string} name
   * @param {{beside?: boolean}} [options] beside: next to what is shown, not instead of the active room
   */
  open(name, { beside = false } = {}) {
    this.join(name);
    const panes = [...this.panes];
    const place = panes.indexOf(this.active);
    if (!panes.includes(name)) {
      if (beside || place < 0) panes.splice(place + 1, 0, name);
      else panes[place] = name;
    }
    this.active = name;
    this.#setPanes(panes);
  }

  /** Takes a room off the screen; it stays joined. */
  closePane(name) {
    if (this.panes.length < 2) return;
    const place = this.panes.indexOf(name);
    const panes = this.panes.filter((pane) => pane !== name);
    if (this.active === name) this.active = panes[Math.min(place, panes.length - 1)];
    this.#setPanes(panes);
  }

  /** @returns {() => void} takes it back */
  leave(name) {
    const model = this.#rooms.get(name);
    if (!model) return () => {};
    const place = this.rooms.indexOf(model);
    this.#remove(model, place);
    this.#tabs.tell('left', name);
    return () => this.#comeBack(name, place);
  }

  #remove(model, place) {
    const { name } = model;
    this.#rooms.delete(name);
    this.status.forget(model);
    model.room.leave();
    preferences.rooms.change((names) => names.filter((other) => other !== name));
    const rest = this.panes.filter((pane) => pane !== name);
    if (this.active === name) this.active = rest.at(-1) ?? this.rooms[Math.min(place, this.rooms.length - 1)]?.name;
    this.#setPanes(rest);
    this.#roomsChanged();
  }

  /** Messages that waited to be sent are sent now. */
  #comeBack(name, place) {
    this.join(name);
    const names = [...this.#rooms.keys()].filter((other) => other !== name);
    names.splice(place, 0, name);
    this.#rooms = new Map(names.map((each) => [each, this.#rooms.get(each)]));
    preferences.rooms.change((stored) => inOrderOf(stored, names));
    this.open(name);
    this.#roomsChanged();
  }

  /** What is on the screen here, or was written here and not sent, stays. Who left has told it already. */
  #leftElsewhere(name) {
    const model = this.room(name);
    if (model && !this.panes.includes(name) && !model.outgoing.unsent) this.#remove(model, this.rooms.indexOf(model));
  }

  /** @param {number} step 1 for the next room in the list, -1 for the previous; unreadOnly skips the others */
  step(step, { unreadOnly = false } = {}) {
    const { rooms } = this;
    const start = rooms.findIndex(({ name }) => name === this.active);
    for (let i = 1; i <= rooms.length; i += 1) {
      const room = rooms[(start + step * i + rooms.length * i) % rooms.length];
      if (room.name !== this.active && (!unreadOnly || room.unread.count > 0)) {
        this.open(room.name);
        return;
      }
    }
  }

  close() {
    this.client.close();
  }

  #ended(end) {
    for (const model of this.rooms) model.ended(end && { message: `Not connected. ${end.reason}` });
  }

  /** A tab that nobody sees has no frames, but a title. */
  #unreadChanged() {
    this.#unreadTimer ??= setTimeout(() => {
      this.#unreadTimer = undefined;
      this.dispatchEvent(new Event('unread'));
    }, UNREAD_TOLD_EVERY_MS);
  }

  /** As many as fit, and the active one among them. */
  #setPanes(panes) {
    const shown = panes.filter((name) => this.#rooms.has(name));
    if (this.active !== undefined && !shown.includes(this.active)) shown.push(this.active);
    while (shown.length > this.#capacity) shown.splice(shown[0] === this.active ? 1 : 0, 1);
    for (const name of this.panes) if (!shown.includes(name)) this.#rooms.get(name)?.putAway();
    this.panes = shown;
    preferences.panes.set(shown);
    this.dispatchEvent(new Event('panes'));
  }

  #roomsChanged() {
    this.dispatchEvent(new Event('rooms'));
    this.#unreadChanged();
  }
}

/** Those that are not ordered come last. */
function inOrderOf(names, order) {
  const ordered = order.filter((name) => names.includes(name));
  return [...ordered, ...names.filter((name) => !order.includes(name))];
}
