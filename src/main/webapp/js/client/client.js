import { Connection } from './connection.js';
import { defaultEndpoint } from './endpoint.js';
import { RoomcastError } from './errors.js';
import { foundPage, searchFrame } from './found.js';
import { hasHttpAddress } from './http-calls.js';
import { Joins } from './joins.js';
import { Letterbox } from './letterbox.js';
import { Membership } from './membership.js';
import { checkedMessage } from './payload.js';
import { Requests } from './requests.js';
import { Room } from './room.js';
import { TokenRefresh } from './token-refresh.js';
import { TRANSPORT_OPTIONS } from './transports.js';

const NO_LIMITS = { frameBytes: 0, contentBytes: 0, rooms: 0, batch: 1, metaEntries: 0, metaBytes: 0 };

/**
 * A client of a Roomcast server: any number of rooms over one connection, which is opened again whenever it is lost.
 *
 * Every event is a `CustomEvent`; this is its `detail`:
 *
 * | event | detail | when |
 * |---|---|---|
 * | `connecting` | `{attempt}` | an attempt begins; 0 is the first |
 * | `transport` | `{transport}` | frames travel in another way now; before `open` |
 * | `open` | `{user, name, info?, proven?, session, node, heartbeatMs, limits}` | welcome; rooms are joined again |
 * | `waiting` | `{delayMs, attempt, code, reason}` | lost; next attempt in `delayMs`. Again if the server says why |
 * | `closed` | `{code, reason, error}` | it will not come back by itself; `connect()` tries again |
 * | `draining` | `{reconnectAfterMs}` | the server is going to restart; this client moves in time |
 * | `delayed` | `{room, idempotencyKey, error, delayMs}` | as that of Room, for messages to rooms that are not joined |
 * | `error` | RoomcastError | an error that belongs to no room |
 */
export class Roomcast extends EventTarget {
  #connection;
  #requests;
  #refresh;
  #outboxLimit;
  #joins;
  #letterbox;
  #rooms = new Map();
  #user;
  #name;
  #limits = NO_LIMITS;
  #sessionId;
  /** What was told last. */
  #lastTransport;

  /**
   * Connects at once.
   *
   * @param {object} [options]
   * @param {string} [options.user] who to be, where the server lets anyone choose; without it the server picks an id
   * @param {string|(() => string|Promise<string>)} [options.token] proof of who this is; a function is asked before
   *     each connection, and again before the token expires, so that it can give a fresh one
   * @param {string} [options.url] the WebSocket address; by default `ws` on the server that this library came from
   * @param {number} [options.outboxLimit] how many messages of one room may wait to be stored; 500
   * @param {{baseMs?: number, capMs?: number}} [options.backoff] pauses between attempts are drawn between 0 and a
   *     ceiling that doubles from baseMs (1000 ms) to capMs (30000 ms)
   * @param {'auto'|'websocket'|'sse'|'poll'} [options.transport] how frames travel; `auto`: over a WebSocket, and by
   *     polls as long as the network lets no WebSocket through
   * @param {typeof WebSocket} [options.WebSocket] another implementation of the class, outside browsers
   * @param {typeof fetch} [options.fetch] another implementation of the function
   */
  constructor({
    user, token, url = defaultEndpoint(), outboxLimit = 500, backoff, transport = 'auto',
    WebSocket = globalThis.WebSocket, fetch = globalThis.fetch,
  } = {}) {
    super();
    if (!TRANSPORT_OPTIONS.includes(transport)) {
      throw new TypeError(`Roomcast: transport is one of ${TRANSPORT_OPTIONS.join(', ')}`);
    }
    if ((transport === 'poll' || transport === 'sse') && !hasHttpAddress(url)) {
      throw new TypeError('Roomcast: plain HTTP needs a url that ends in /ws');
    }
    this.#user = user?.normalize('NFC');
    this.#outboxLimit = outboxLimit;
    // Once the server has picked a name for a nameless client, that client stays the same person.
    const hello = async () => ({ user: this.#user, token: typeof token === 'function' ? await token() : token });
    this.#connection = new Connection({ url: new URL(url).href, transport, hello, WebSocket, fetch, backoff }, {
      state: (state, detail) => this.#stateChanged(state, detail),
      frame: (frame) => this.#receive(frame),
    });
    this.#requests = new Requests((frame) => this.#connection.send(frame));
    this.#joins = new Joins(this.#session());
    this.#letterbox = new Letterbox(this.#session(), {
      limit: outboxLimit,
      delayed: (detail) => this.#emit('delayed', detail),
    });
    this.#refresh = new TokenRefresh(token, (frame) => this.#requests.ask(frame));
    this.connect();
  }

  /** @returns {'idle'|'connecting'|'open'|'waiting'|'closed'} */
  get state() {
    return this.#connection.state;
  }

  /** The id of who this client is: as the server said, or as it was told. */
  get user() {
    return this.#user;
  }

  /** What others are shown for this user; the id until the server has said it. */
  get userName() {
    return this.#name ?? this.#user;
  }

  /** The id of the current session, by which an operator finds it; `undefined` while there is no connection. */
  get session() {
    return this.#sessionId;
  }

  /** @returns {'websocket'|'sse'|'poll'|undefined} how frames travel; undefined while there is no connection */
  get transport() {
    return this.#connection.transport;
  }

  /** What the server allows: `{frameBytes, contentBytes, rooms, batch, metaEntries, metaBytes}`; 0 means no limit. */
  get limits() {
    return this.#limits;
  }

  /** @returns {Room[]} the rooms that were joined and not left */
  get rooms() {
    return this.#entries.map(({ room }) => room);
  }

  /** Connects again after `closed`; every room is joined again. */
  connect() {
    this.#connection.open();
  }

  /** Does not wait for the pause before the next attempt to end. */
  retryNow() {
    this.#connection.retryNow();
  }

  /**
   * Joins a room, now or as soon as there is a connection. The room that was joined already is returned as it is.
   *
   * @param {string} name
   * @param {{since?: {epoch: string, offset: number, at?: number}, presence?: boolean}} [options] since: a `position`
   *     kept from earlier; what came after it is delivered. presence: false to get the messages without being seen or
   *     counted among the users of the room
   * @returns {Room}
   */
  join(name, { since, presence = true } = {}) {
    const key = String(name).normalize('NFC');
    const known = this.#rooms.get(key);
    if (known) return known.room;
    let membership;
    const room = new Room(key, (events) => {
      const options = { since, present: presence, outboxLimit: this.#outboxLimit };
      membership = new Membership(key, this.#session(), events, options);
      return membership;
    }, () => this.#leave(key, membership));
    this.#rooms.set(key, { room, membership });
    if (this.state === 'open') this.#joins.start([membership], this.#limits);
    return room;
  }

  /**
   * Publishes to a room without joining it, where the room takes messages of anyone; if it is joined, as Room.publish.
   *
   * @param {string} name
   * @param {string|{content?: string, data?: unknown, meta?: Record<string, string>}} message
   * @param {{idempotencyKey?: string}} [options]
   * @returns {Promise<{idempotencyKey: string, epoch: string, offset: number}>}
   */
  async publish(name, message, { idempotencyKey } = {}) {
    const key = String(name).normalize('NFC');
    const known = this.#rooms.get(key);
    if (known) return known.room.publish(message, { idempotencyKey });
    return this.#letterbox.publish(key, checkedMessage(message, idempotencyKey), idempotencyKey);
  }

  /**
   * Looks for messages by their words, newest first, where the server has an archive. All words must occur; words in
   * quotation marks must follow each other; a star stands for any end of a word. While `more` is true, search again
   * with the `cursor`, also if there was no message. Rejects with `not_implemented` where nothing can be searched.
   *
   * @param {string} text such as `lunch "at noon" tomor*`
   * @param {{rooms?: string[], user?: string, from?: Date|number, to?: Date|number, cursor?: string, limit?: number}}
   *     [options] rooms: by default those that are joined; user: the id of whoever published; from: the earliest time;
   *     to: the time before which messages are; limit: 1–100, 20 unless given
   * @returns {Promise<{messages: object[], more: boolean, cursor?: string}>} each message with `hits`: where the words
   *     are in its content, as pairs of indexes
   */
  async search(text, { rooms, ...options } = {}) {
    // Over plain HTTP, the server does not know which rooms are joined.
    const named = rooms ?? (this.transport === 'websocket' ? undefined : this.#joinedNames);
    return foundPage(await this.#requests.ask({ ...searchFrame(text, options), rooms: named }), this.#user);
  }

  get #joinedNames() {
    const names = this.rooms.filter(({ state }) => state === 'joined').map(({ name }) => name);
    return names.length > 0 ? names : undefined;
  }

  /** Leaves everything and disconnects. What waits to be sent is rejected. */
  close() {
    this.#connection.close();
  }

  #session() {
    return {
      send: (frame) => this.#connection.send(frame),
      ask: (frame) => this.#requests.ask(frame),
      nextId: () => this.#requests.nextId(),
      user: () => this.#user,
      limits: () => this.#limits,
    };
  }

  async #leave(name, membership) {
    if (this.#rooms.get(name)?.membership !== membership) return;
    for (const [key, entry] of this.#rooms) if (entry.membership === membership) this.#rooms.delete(key);
    membership.end('left', new RoomcastError('left', 'The room was left.', { room: name }));
    try {
      await this.#requests.ask({ type: 'leave', room: name });
    } catch {
      // Without a connection the server has noticed anyway.
    }
  }

  /** `open` after `open`: the connection has moved to another transport. */
  #stateChanged(state, detail) {
    this.#disconnected(state, detail);
    if (state === 'open') this.#connected(detail);
    this.#emit(state, detail);
  }

  #connected(welcome) {
    this.#user = welcome.user;
    this.#name = welcome.name;
    this.#limits = { ...NO_LIMITS, ...welcome.limits };
    this.#renewed(welcome);
    if (this.transport !== this.#lastTransport) {
      this.#lastTransport = this.transport;
      this.#emit('transport', { transport: this.transport });
    }
    this.#joins.start(this.#entries.map(({ membership }) => membership), this.#limits);
    this.#letterbox.connected();
  }

  /** A session over plain HTTP may be followed by another one, without a loss of the connection. */
  #renewed({ session, expiresInMs }) {
    this.#sessionId = session;
    this.#refresh.start(expiresInMs);
  }

  #disconnected(state, { error }) {
    this.#sessionId = undefined;
    this.#refresh.stop();
    this.#requests.disconnected();
    this.#joins.disconnected();
    if (state === 'closed') this.#letterbox.end(error);
    else this.#letterbox.disconnected();
    for (const { membership } of this.#entries) {
      if (state === 'closed') membership.end('closed', error);
      else membership.disconnected();
    }
  }

  #receive(frame) {
    if (frame.type === 'welcome') {
      this.#renewed(frame);
      return;
    }
    if (frame.type === 'draining') {
      this.#connection.reconnectAfter(frame.reconnectAfterMs);
      this.#emit('draining', frame);
      return;
    }
    if (this.#requests.settle(frame) || this.#letterbox.receive(frame)) return;
    if (frame.type === 'error' && this.#joins.refused(frame)) return;
    if (frame.type === 'presence') this.#noteName(frame);
    const membership = this.#rooms.get(frame.room)?.membership ?? this.#claimant(frame);
    if (membership) membership.receive(frame);
    else if (frame.type === 'error') this.#emit('error', RoomcastError.of(frame));
  }

  /** A fresh token may have another name. Rooms are told of it as of the name of anybody else. */
  #noteName({ renamed = [] }) {
    const self = renamed.find(({ id }) => id === this.#user);
    if (self) this.#name = self.name;
  }

  /**
   * An error about a frame that could not be read may name no room. The answer to a join may spell the room otherwise,
   * where the server knows other characters than this client; it is then called so from here on.
   */
  #claimant(frame) {
    if (frame.type !== 'error' && frame.type !== 'joined') return undefined;
    const entry = this.#entries.find(({ membership }) => membership.claims(frame));
    if (entry && frame.type === 'joined') this.#rooms.set(frame.room, entry);
    return entry?.membership;
  }

  /** Each once, also one that has two spellings. */
  get #entries() {
    return [...new Set(this.#rooms.values())];
  }

  #emit(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}
