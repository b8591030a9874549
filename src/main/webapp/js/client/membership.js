import { Backoff } from './backoff.js';
import { RoomcastError } from './errors.js';
import { Gate } from './gate.js';
import { Outbox } from './outbox.js';
import { Sequence } from './sequence.js';

const HISTORY_PAGE = 200;

/** A user as applications see one: with a name, which is the id where the server sends none. */
export const named = (user) => ({ name: user.id, ...user });

/** The lists of a `presence`; one that is missing is empty. */
const usersOf = ({ joined = [], renamed = [], left = [] }) =>
  ({ joined: joined.map(named), renamed: renamed.map(named), left: left.map(named) });

/** Refusals that may pass when we were in the room before: our own last session may still hold the place. */
const MAY_PASS = new Set(['room_full', 'too_many_rooms']);

/**
 * Being in one room, over all the connections that it takes: joins again after each loss, puts messages in order,
 * sends what waits. Room is the face of it that applications see.
 *
 *     waiting ──connected──▶ joining ──joined──▶ joined        waiting: no connection, or a pause before the next try
 *        ▲                      │  └──────▶ refused            refused, closed: until the next connection
 *        └─────disconnected─────┴────────────┘                 left: for good
 *
 * `rejoin` asks again for a refused room on the same connection.
 */
export class Membership {
  state = 'waiting';
  members = 0;
  #name;
  #present;
  #session;
  #events;
  #sequence;
  #outbox;
  #backoff = new Backoff();
  #retryTimer;
  #joinId;
  #gate = new Gate();
  /** Why nothing goes on, in the states refused, closed and left. */
  #end;
  #everJoined = false;
  /** End the pauses of questions that were refused for a moment: the connection is gone. */
  #pauses = new Set();

  /**
   * @param {string} name
   * @param {object} session what the client offers: send, ask, nextId, user, limits
   * @param {(type: string, detail: object) => void} events
   * @param {{since?: object, present: boolean, outboxLimit: number}} options
   */
  constructor(name, session, events, { since, present, outboxLimit }) {
    this.#name = name;
    this.#present = present;
    this.#session = session;
    this.#events = events;
    this.#sequence = new Sequence({
      message: (message, replayed) => this.#handOn(message, replayed),
      gap: (gap) => events('gap', { room: name, ...gap }),
      recovered: ({ complete, ...recovery }) => {
        if (complete) events('recovered', { room: name, ...recovery });
        this.#outbox.open(complete);
      },
    }, (after) => this.#ask({ type: 'history', after, limit: HISTORY_PAGE }), since);
    this.#outbox = new Outbox({
      limit: outboxLimit,
      limits: () => session.limits(),
      nextId: () => session.nextId(),
      send: (frame) => this.send(frame),
      delayed: (error, { idempotencyKey }, delayMs) =>
        events('delayed', { room: name, idempotencyKey, error, delayMs }),
    });
  }

  get position() {
    return this.#sequence.since;
  }

  /** The id of this user. */
  get user() {
    return this.#session.user();
  }

  /** A message as applications see it, with all that it has, also what this library does not know. */
  messageOf(message, epoch, replayed) {
    const own = message.sender === this.#session.user();
    return { name: message.sender, ...message, room: this.#name, epoch, own, replayed };
  }

  /** Asks again for a room that was refused. Does nothing in any other state. */
  rejoin() {
    if (this.state !== 'refused') return;
    this.#end = undefined;
    this.#gate.shut();
    this.#backoff.reset();
    this.joinAlone();
  }

  /** Settles with the room's first or next `joined`; see Gate. */
  whenJoined() {
    return this.#gate.wait();
  }

  /** @returns {Promise<{idempotencyKey: string, epoch: string, offset: number}>} */
  publish(message, idempotencyKey) {
    return this.#end ? Promise.reject(this.#end) : this.#outbox.publish(message, idempotencyKey);
  }

  /**
   * There is a connection that said `welcome`.
   *
   * @returns {object} what joins this room, alone or among others; the caller sends it
   */
  connected() {
    this.#backoff.reset();
    return this.#beginJoin();
  }

  /** Joins with a frame of its own. */
  joinAlone() {
    this.#session.send({ type: 'join', ...this.#beginJoin() });
  }

  disconnected() {
    clearTimeout(this.#retryTimer);
    for (const end of this.#pauses) end();
    this.#pauses.clear();
    this.#end = undefined;
    this.#gate.shut();
    this.#sequence.interrupted();
    this.#outbox.shut();
    this.state = 'waiting';
  }

  /**
   * Nothing goes on by itself from here: what waits is rejected.
   *
   * @param {'refused'|'closed'|'left'} state
   * @param {RoomcastError} error
   */
  end(state, error) {
    this.disconnected();
    this.state = state;
    this.#end = error;
    this.#gate.fail(error);
    this.#outbox.abandon(error);
  }

  /** Asks about this room; asks again after a loss of the connection. */
  async ask(frame) {
    for (;;) {
      await this.#gate.wait();
      try {
        return await this.#ask(frame);
      } catch (error) {
        if (error.code !== 'disconnected') throw error;
      }
    }
  }

  /** Asks on this connection; asks again after a refusal that passes. */
  async #ask(frame) {
    const backoff = new Backoff();
    for (;;) {
      try {
        return await this.#session.ask({ ...frame, room: this.#name });
      } catch (error) {
        if (!error.transient || error.code === 'timeout' || error.code === 'disconnected') throw error;
        await this.#pause(backoff.next(error.retryAfterMs));
      }
    }
  }

  /** Rejects when the connection is lost before the time is over. */
  #pause(ms) {
    return new Promise((resolve, reject) => {
      const end = () => {
        clearTimeout(timer);
        reject(new RoomcastError('disconnected', 'The connection was lost before the question was asked again.'));
      };
      const timer = setTimeout(() => {
        this.#pauses.delete(end);
        resolve();
      }, ms);
      this.#pauses.add(end);
    });
  }

  send(frame) {
    return this.state === 'joined' && this.#session.send({ ...frame, room: this.#name });
  }

  /** @param {object} frame any frame that names this room */
  receive(frame) {
    if (frame.type === 'joined' && this.state === 'joining') this.#joined(frame);
    else if (frame.type === 'error') this.#refused(frame);
    else if (frame.type === 'ack') this.#outbox.acknowledged(frame);
    // Until `joined`, frames may still belong to an earlier stay in this room.
    else if (this.state === 'joined') this.#receiveJoined(frame);
  }

  /** @returns {boolean} whether an error that names no room was about this one */
  claims(frame) {
    return (frame.id !== undefined && frame.id === this.#joinId) || this.#outbox.owns(frame);
  }

  #receiveJoined(frame) {
    switch (frame.type) {
      case 'joined': return this.#rejoined(frame);
      case 'message': return this.#sequence.message(frame);
      case 'behind': return this.#sequence.behind(frame);
      case 'presence':
        if (Number.isFinite(frame.count)) this.members = frame.count;
        return this.#events('presence', { ...frame, ...usersOf(frame) });
      case 'signal': return this.#events('signal', { name: frame.sender, ...frame });
      case 'left': return this.#putOut();
      default: return undefined;
    }
  }

  #beginJoin() {
    clearTimeout(this.#retryTimer);
    this.state = 'joining';
    this.#joinId = this.#session.nextId();
    const presence = this.#present ? undefined : false;
    return { id: this.#joinId, room: this.#name, since: this.#sequence.since, presence };
  }

  /** Over plain HTTP each request joins. The client hears of it where messages could not be given back. */
  #rejoined(frame) {
    if (frame.id !== undefined) return;
    this.members = frame.members;
    this.#events('joined', { name: frame.user, ...frame, returned: true });
    this.#sequence.joined(frame);
    this.#outbox.open(false);
  }

  #joined(frame) {
    if (frame.id !== undefined && frame.id !== this.#joinId) return;
    this.state = 'joined';
    this.#joinId = undefined;
    this.#backoff.reset();
    this.members = frame.members;
    this.#events('joined', { name: frame.user, ...frame, returned: this.#everJoined });
    this.#everJoined = true;
    this.#gate.open();
    // A room that recovers is written to once all of it arrived: see Outbox.open.
    if (!this.#sequence.joined(frame)) this.#outbox.open(false);
  }

  #refused(frame) {
    if (this.#outbox.refused(frame)) return;
    const error = RoomcastError.of(frame);
    if (this.state !== 'joining' || frame.id !== this.#joinId) {
      this.#events('error', error);
    } else if (error.transient || (this.#everJoined && MAY_PASS.has(error.code))) {
      this.state = 'waiting';
      this.#retryTimer = setTimeout(() => this.joinAlone(), this.#backoff.next(error.retryAfterMs));
    } else {
      this.end('refused', error);
      this.#events('refused', error);
    }
  }

  /** Somebody else ended the stay: an administrator closed the room, or a permission went. */
  #putOut() {
    const text = 'The room was closed, somebody removed you, or you may not read it any more.';
    const error = new RoomcastError('left', text, { room: this.#name });
    this.end('refused', error);
    this.#events('refused', error);
  }

  #handOn({ type, ...message }, replayed) {
    const { epoch } = this.#sequence;
    const shown = this.messageOf(message, epoch, replayed);
    const { own, idempotencyKey, offset } = shown;
    if (own && idempotencyKey !== undefined) this.#outbox.stored({ idempotencyKey, epoch, offset });
    this.#events('message', shown);
  }
}
