import { Backoff } from './backoff.js';
import { RoomcastError } from './errors.js';
import { randomKey } from './random-key.js';

/** An ack that is this late is taken for lost; the same key makes asking again harmless. */
const ACK_WITHIN_MS = 15_000;

/** The server knows a key for five minutes; a little less, since its clock started before ours noticed. */
const KEY_LIFETIME_MS = 290_000;

/**
 * What one room has still to be told: publishes are kept until the server said that it stored them, and go out one
 * after the other. Only so do they keep their order when the server refuses one for a moment ("busy").
 */
export class Outbox {
  #send;
  #delayed;
  #limit;
  #contentBytes;
  #entries = [];
  #open = false;
  #timer;
  #backoff = new Backoff({ baseMs: 500, capMs: 15_000 });

  /**
   * @param {{send: (entry: {idempotencyKey: string, payload: object}) => boolean,
   *     delayed: (error: RoomcastError, entry: object, delayMs: number) => void, limit: number,
   *     contentBytes: () => number}} options
   */
  constructor(options) {
    this.#send = options.send;
    this.#delayed = options.delayed;
    this.#limit = options.limit;
    this.#contentBytes = options.contentBytes;
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
    const entry = { idempotencyKey, payload, bytes };
    entry.promise = new Promise((resolve, reject) => Object.assign(entry, { resolve, reject }));
    this.#entries.push(entry);
    if (this.#entries.length === 1) this.#sendFirst();
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
    this.#sendFirst();
  }

  /** The room cannot be written to; everything waits. */
  shut() {
    this.#open = false;
    clearTimeout(this.#timer);
  }

  /** An ack, or our own message itself: whichever is first. */
  stored({ idempotencyKey, epoch, offset }) {
    const entry = this.#take(idempotencyKey);
    if (!entry) return;
    this.#backoff.reset();
    entry.resolve({ idempotencyKey, epoch, offset });
    this.#sendFirst();
  }

  /** @returns {boolean} whether an `error` frame is about a publish of this outbox */
  owns(frame) {
    return this.#entryOf(frame) !== undefined;
  }

  /** @returns {boolean} whether the `error` frame was about a publish of this outbox */
  refused(frame) {
    const entry = this.#entryOf(frame);
    if (!entry) return false;
    const error = RoomcastError.of({ ...frame, idempotencyKey: entry.idempotencyKey });
    if (error.transient) {
      const delayMs = this.#backoff.next(error.retryAfterMs);
      this.#retryIn(delayMs);
      this.#delayed(error, entry, delayMs);
    } else {
      this.#take(entry.idempotencyKey).reject(error);
      this.#sendFirst();
    }
    return true;
  }

  /** Nothing will be sent any more. */
  abandon({ code, message }) {
    this.shut();
    for (const { idempotencyKey, reject } of this.#entries.splice(0)) {
      reject(new RoomcastError(code, message, { idempotencyKey }));
    }
  }

  #sendFirst() {
    clearTimeout(this.#timer);
    const entry = this.#entries[0];
    if (!entry || !this.#open) return;
    const limit = this.#contentBytes();
    if (limit > 0 && entry.bytes > limit) {
      this.#take(entry.idempotencyKey).reject(
        new RoomcastError('too_large', `The message is longer than ${limit} bytes.`, entry));
      this.#sendFirst();
    } else if (this.#send(entry)) {
      entry.firstSentAt ??= Date.now();
      this.#retryIn(ACK_WITHIN_MS);
    }
  }

  #retryIn(delayMs) {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#sendFirst(), delayMs);
  }

  /** By key; an error about a frame whose key could not be read carries only its id. */
  #entryOf(frame) {
    if (frame.idempotencyKey) {
      return this.#entries.find(({ idempotencyKey }) => idempotencyKey === frame.idempotencyKey);
    }
    return frame.id === undefined ? undefined : this.#entries.find(({ id }) => id === frame.id);
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
