import { Backoff } from './backoff.js';
import { RoomcastError } from './errors.js';
import { utf8Length } from './frames.js';
import { randomKey } from './random-key.js';

/** An ack that is this late is taken for lost; the same key makes asking again harmless. */
const ACK_WITHIN_MS = 15_000;

/** The server knows a key for five minutes; a little less, since its clock started before ours noticed. */
const KEY_LIFETIME_MS = 290_000;

/** What a frame has besides its messages, at most: mostly the name of the room, in up to 128 characters. */
const ENVELOPE_BYTES = 1_024;

/** Refusals of the user in this room, whatever the messages are. */
const OF_ALL = new Set(['not_joined', 'forbidden']);

/**
 * What one room has still to be told. Publishes are kept until the server said that it stored them. They go out in
 * *flights*: one frame with the first messages that wait, as many as the server takes. The next flight leaves when the
 * last one is answered; what is published meanwhile waits for it. So a room gets a flight of messages in each round
 * trip, and one that is published alone leaves at once.
 *
 * Messages are stored in the order of `publish`, each once, whatever is refused or lost:
 * - The server stores the messages of a frame in their order, in one step, and stops at the first that it refuses. A
 *   message whose key it knows counts as stored, and is not stored again.
 * - A flight begins with the first message that is not known to be stored or rejected. So all before it are stored, and
 *   it adds the next ones to them, without a gap: what is stored is always a beginning of what was published.
 * - That holds for each frame by itself, also for one that was given up and is carried out late, on a connection that
 *   is lost, and beside another one with the same messages. So an answer that does not come needs no more than the next
 *   flight.
 * - Two frames at once would break it, if the second did not repeat the first: when the first is refused for a moment
 *   ("busy"), the second would be stored before it is sent again.
 *
 * A refusal for good may be about a message, or about a flight as a whole. So the message goes out once more, alone:
 * what the server says then is about this message.
 */
export class Outbox {
  #send;
  #nextId;
  #delayed;
  #limit;
  #limits;
  #entries = [];
  #open = false;
  #timer;
  #backoff = new Backoff({ baseMs: 500, capMs: 15_000 });
  /** What is sent and not answered: `{id, entries}`. */
  #flight;
  /** Flights that were given up; their answers say nothing any more. */
  #late = new Set();
  /** The most messages of a flight: what the server took before it refused the next one, then ever more again. */
  #most = Infinity;

  /**
   * @param {{send: (frame: object) => boolean, nextId: () => number,
   *     delayed: (error: RoomcastError, entry: object, delayMs: number) => void, limit: number,
   *     limits: () => {contentBytes: number, frameBytes: number, batch: number}}} options send: gets a `publish`, which
   *     names no room; false if there is no connection
   */
  constructor(options) {
    this.#send = options.send;
    this.#nextId = options.nextId;
    this.#delayed = options.delayed;
    this.#limit = options.limit;
    this.#limits = options.limits;
  }

  get size() {
    return this.#entries.length;
  }

  /**
   * @param {{payload: object, bytes: number}} message see payload.js
   * @returns {Promise<{idempotencyKey: string, epoch: string, offset: number}>} settled when the outcome is known
   */
  publish({ payload, bytes }, idempotencyKey = randomKey()) {
    const known = this.#entries.find((entry) => entry.idempotencyKey === idempotencyKey);
    if (known) return known.promise;
    if (this.#entries.length >= this.#limit) {
      const text = `${this.#limit} messages wait already.`;
      return Promise.reject(new RoomcastError('outbox_full', text, { idempotencyKey }));
    }
    const frameBytes = utf8Length(JSON.stringify({ idempotencyKey, ...payload })) + 1;
    const entry = { idempotencyKey, payload, bytes, frameBytes };
    entry.promise = new Promise((resolve, reject) => Object.assign(entry, { resolve, reject }));
    this.#entries.push(entry);
    if (this.#entries.length === 1) this.#sendNext();
    return entry.promise;
  }

  /**
   * The room can be written to.
   *
   * @param {boolean} complete whether every message since the last connection was seen. If so, one of ours that was
   *     not among them was not stored. If not, one that is older than its key may have been: sending it again
   *     might say it twice, so its sender has to decide.
   */
  open(complete) {
    this.#open = true;
    this.#backoff.reset();
    if (!complete) this.#giveUpOnOutlivedKeys();
    else for (const entry of this.#entries) entry.firstSentAt = undefined;
    this.#sendNext();
  }

  /** The room cannot be written to; everything waits. */
  shut() {
    this.#open = false;
    this.#flight = undefined;
    this.#late.clear();
    clearTimeout(this.#timer);
  }

  /** @param {object} frame an `ack` */
  acknowledged(frame) {
    if (this.#late.delete(frame.id)) return;
    if (this.#flight === undefined || frame.id !== this.#flight.id) {
      if (frame.idempotencyKey !== undefined) this.stored(frame);
      return;
    }
    const { entries } = this.#flight;
    const { epoch, offset, first = offset, count = 1, positions, error } = frame;
    this.#flight = undefined;
    entries.slice(0, count).forEach(({ idempotencyKey }, index) => {
      const position = positions?.[index] ?? { epoch, offset: first + index };
      this.#take(idempotencyKey)?.resolve({ idempotencyKey, epoch: position.epoch, offset: position.offset });
    });
    this.#backoff.reset();
    if (error && count < entries.length) {
      this.#refused(entries, count, error);
    } else {
      this.#most *= 2;
      this.#sendNext();
    }
  }

  /** One of our own messages itself: it may come before the ack, or in place of one that is lost. */
  stored({ idempotencyKey, epoch, offset }) {
    const entry = this.#take(idempotencyKey);
    if (!entry) return;
    this.#backoff.reset();
    entry.resolve({ idempotencyKey, epoch, offset });
    if (this.#flight?.entries.some((each) => this.#entries.includes(each))) return;
    if (this.#flight) this.#most *= 2;
    this.#sendNext();
  }

  /** @returns {boolean} whether an `ack` or `error` is about a publish of this outbox */
  owns(frame) {
    return this.#isOfFlight(frame) || this.#late.has(frame.id);
  }

  /** @returns {boolean} whether the `error` frame was about a publish of this outbox */
  refused(frame) {
    if (this.#late.delete(frame.id)) return true;
    if (!this.#isOfFlight(frame)) return false;
    const { entries } = this.#flight;
    this.#flight = undefined;
    this.#refused(entries, 0, frame);
    return true;
  }

  /** Nothing will be sent any more. */
  abandon({ code, message }) {
    this.shut();
    for (const { idempotencyKey, reject } of this.#entries.splice(0)) {
      reject(new RoomcastError(code, message, { idempotencyKey }));
    }
  }

  /**
   * @param {object[]} flight
   * @param {number} count how many of it are stored; all after these are not
   * @param {{code: string, text?: string, retryAfterMs?: number}} why
   */
  #refused(flight, count, why) {
    const rest = flight.slice(count).filter((entry) => this.#entries.includes(entry));
    const errorOf = ({ idempotencyKey }) => RoomcastError.of({ ...why, idempotencyKey });
    const error = RoomcastError.of(why);
    if (error.transient) {
      this.#most = Math.max(1, count);
      const delayMs = this.#backoff.next(error.retryAfterMs);
      this.#retryIn(delayMs);
      for (const entry of rest) this.#delayed(errorOf(entry), entry, delayMs);
    } else if (flight.length === 1 || OF_ALL.has(error.code)) {
      this.#most = Math.max(2, this.#most);
      for (const entry of rest) this.#take(entry.idempotencyKey).reject(errorOf(entry));
      this.#sendNext();
    } else {
      this.#most = 1;
      this.#sendNext();
    }
  }

  /** Also gives up the flight that is on its way. */
  #sendNext() {
    clearTimeout(this.#timer);
    if (this.#flight) this.#late.add(this.#flight.id);
    this.#flight = undefined;
    const entries = this.#open ? this.#nextFlight() : [];
    if (entries.length === 0) return;
    const id = this.#nextId();
    const messages = entries.map(({ idempotencyKey, payload }) => ({ idempotencyKey, ...payload }));
    const [first, ...others] = messages;
    if (!this.#send({ type: 'publish', id, ...(others.length === 0 ? first : { messages }) })) return;
    this.#flight = { id, entries };
    for (const entry of entries) entry.firstSentAt ??= Date.now();
    this.#retryIn(ACK_WITHIN_MS);
  }

  /** The first messages that fit into a frame. One that is too large by itself is rejected. */
  #nextFlight() {
    const { contentBytes, frameBytes, batch } = this.#limits();
    const most = Math.min(this.#most, Math.max(1, batch));
    let left = (frameBytes || Infinity) - ENVELOPE_BYTES;
    const flight = [];
    for (const entry of [...this.#entries]) {
      if (contentBytes > 0 && entry.bytes > contentBytes) {
        this.#take(entry.idempotencyKey).reject(
          new RoomcastError('too_large', `The message is longer than ${contentBytes} bytes.`, entry));
        continue;
      }
      left -= entry.frameBytes;
      if (flight.length > 0 && (left < 0 || flight.length >= most)) break;
      flight.push(entry);
    }
    return flight;
  }

  #retryIn(delayMs) {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#sendNext(), delayMs);
  }

  #isOfFlight({ id, idempotencyKey }) {
    if (this.#flight === undefined) return false;
    const [first, second] = this.#flight.entries;
    return id === this.#flight.id
      || (id === undefined && second === undefined && idempotencyKey === first.idempotencyKey);
  }

  #take(idempotencyKey) {
    const index = this.#entries.findIndex((entry) => entry.idempotencyKey === idempotencyKey);
    return index < 0 ? undefined : this.#entries.splice(index, 1)[0];
  }

  #giveUpOnOutlivedKeys() {
    const outlived = (entry) => entry.firstSentAt !== undefined && Date.now() - entry.firstSentAt > KEY_LIFETIME_MS;
    for (const { idempotencyKey } of this.#entries.filter(outlived)) {
      this.#take(idempotencyKey).reject(
        new RoomcastError('outcome_unknown', 'The message may or may not have been stored.', { idempotencyKey }));
    }
  }
}
