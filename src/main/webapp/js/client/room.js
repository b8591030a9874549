import { foundPage, searchFrame } from './found.js';
import { named } from './membership.js';
import { checkedMessage } from './payload.js';

/** How often one client says that its user is typing, in milliseconds. Show it for about twice as long. */
const TYPING_EVERY_MS = 3_000;

/** What the server needs of a position, which may be a message that came before. */
const place = (position) => position && { epoch: position.epoch, offset: position.offset };

/**
 * One room. Made by `Roomcast.join`; lives through any number of connections until `leave`.
 *
 * Every event is a `CustomEvent`; this is its `detail`:
 *
 * | event | detail | when |
 * |---|---|---|
 * | `joined` | `{room, user, name, epoch, offset, at?, members?, revision?, recovered, returned}` | `returned`: again |
 * | `message` | a message | each once and in order |
 * | `recovered` | `{room, from, to, count}` | back, and every missed message was delivered |
 * | `gap` | `{room, epoch, from, to, renumbered, error?}` | these offsets were not delivered |
 * | `presence` | `{room, joined: [user], renamed: [user], left: [user], count, revision?}` | as below; large: `count` |
 * | `signal` | `{room, sender, name, signal, content?}` | something fleeting, such as `signal: 'typing'` |
 * | `delayed` | `{room, idempotencyKey, error, delayMs}` | the server asks for patience; it is sent again |
 * | `refused` | RoomcastError | the room could not be joined and will not be, before the next connection or `rejoin` |
 * | `error` | RoomcastError | an error that belongs to no call |
 *
 * A `user` is `{id, name, info?}`: compare ids, show names. Two users may have one name. `presence` tells who came, who
 * is called otherwise now, and who went.
 *
 * A message is `{room, epoch, offset, sender, name, content?, data?, meta?, at, idempotencyKey?, erased?, own,
 * replayed}`.
 * `sender` is the id of the user who is called `name`. `at` is milliseconds since 1970 UTC. `own` says that `sender` is
 * this client's user. `replayed` marks messages that were fetched later, after a reconnect for instance.
 */
export class Room extends EventTarget {
  #name;
  #membership;
  #leave;
  #typingAt = -Infinity;

  /** @private use Roomcast.join */
  constructor(name, join, leave) {
    super();
    this.#name = name;
    this.#membership = join((type, detail) => this.dispatchEvent(new CustomEvent(type, { detail })));
    this.#leave = leave;
  }

  get name() {
    return this.#name;
  }

  /** @returns {'waiting'|'joining'|'joined'|'refused'|'closed'|'left'} `waiting`: for a connection */
  get state() {
    return this.#membership.state;
  }

  /** How many are here, as far as the server said; undefined for who may not see it. */
  get count() {
    return this.#membership.members;
  }

  /** `{epoch, offset, at?}` of the last message delivered; undefined before the first join. */
  get position() {
    return this.#membership.position;
  }

  /** @returns {Promise<void>} resolves when the room is joined; rejects when it is refused, left or closed */
  whenJoined() {
    return this.#membership.whenJoined();
  }

  /** Asks again for a room that was refused. A room in any other state is not asked for. */
  rejoin() {
    this.#membership.rejoin();
  }

  /**
   * Says something. The message is kept, and sent again after a reconnect or a "busy", until the server has stored it;
   * messages of one room are stored in the order of these calls.
   *
   * @param {string|{content?: string, data?: unknown, meta?: Record<string, string>}} message a text, or content, data
   *     (any JSON value but null) or both, and short texts by name
   * @param {{idempotencyKey?: string}} [options] idempotencyKey: 1–64 characters that name this message; random unless
   *     given. Publish again with the same key, within five minutes, and it is still stored once.
   * @returns {Promise<{idempotencyKey: string, epoch: string, offset: number}>} resolves when stored; rejects with a
   *     RoomcastError that names the key when it will not be
   */
  async publish(message, { idempotencyKey } = {}) {
    return this.#membership.publish(checkedMessage(message, idempotencyKey), idempotencyKey);
  }

  /**
   * A page of stored messages, oldest first: the newest, or those before or after a position (which is not included).
   * A message is a position, too. Rejects with `renumbered` for a position of an old epoch.
   *
   * @typedef {{epoch: string, offset: number}} Position
   * @param {{before?: Position, after?: Position, limit?: number}} [range] limit: 1–200, 50 unless given
   * @returns {Promise<{epoch: string, messages: object[], more: boolean}>} more: in the direction asked for
   */
  async history({ before, after, limit } = {}) {
    const { epoch, messages, more = false } = await this.#membership.ask(
      { type: 'history', before: place(before), after: place(after), limit });
    return { epoch, messages: messages.map((message) => this.#membership.messageOf(message, epoch, true)), more };
  }

  /**
   * Looks for messages of this room by their words; see Roomcast.search.
   *
   * @param {string} text
   * @param {{user?: string, from?: Date|number, to?: Date|number, cursor?: string, limit?: number}} [options]
   * @returns {Promise<{messages: object[], more: boolean, cursor?: string}>}
   */
  async search(text, options) {
    return foundPage(await this.#membership.ask(searchFrame(text, options)), this.#membership.user);
  }

  /** @returns {Promise<{count: number, users: {id: string, name: string, info?: object}[]}>} at most 1,000, by id */
  async members() {
    const { count, users } = await this.#membership.ask({ type: 'members' });
    return { count, users: users.map(named) };
  }

  /**
   * Takes somebody out of the room, on all connections. They may come back, unless their next token forbids it.
   *
   * @param {string} user
   * @returns {Promise<number>} how many connections of theirs were here
   */
  async remove(user) {
    const { count } = await this.#membership.ask({ type: 'remove', user });
    return count;
  }

  /**
   * Tells those who are here now something that is not worth keeping.
   *
   * @param {string} signal
   * @param {string} [content]
   * @returns {boolean} whether it was sent; it is never kept for later
   */
  signal(signal, content) {
    return this.#membership.send({ type: 'signal', signal, content });
  }

  /** Tells that this user is typing: call on every key, it is sent every three seconds at most. */
  typing() {
    if (performance.now() - this.#typingAt < TYPING_EVERY_MS) return;
    if (this.signal('typing')) this.#typingAt = performance.now();
  }

  /** @returns {Promise<void>} resolves when the server knows, or cannot be told. What waits to be sent is rejected. */
  leave() {
    return this.#leave();
  }
}
