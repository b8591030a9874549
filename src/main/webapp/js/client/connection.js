import { Backoff } from './backoff.js';
import { Carrier } from './carrier.js';
import { ABNORMAL, describe, isNodeFull, mayReturn } from './close-codes.js';
import { delayOf } from './delay.js';
import { whyRefused } from './refusal.js';
import { RoomcastError } from './errors.js';
import { Wake } from './wake.js';

/** A connection that lived this long was a good one: the next pause is short again. */
const STABLE_AFTER_MS = 10_000;

/** Who is refused before `welcome` is closed right after; this long we wait for the code that tells what for. */
const CLOSE_WITHIN_MS = 2_000;

/** A full node told us to come back later; a retry within a second would only keep it full. */
const NODE_FULL_FLOOR_MS = 5_000;

/**
 * Keeps a client connected: begins an attempt, and after a loss begins the next one when it may. Carrier does what an
 * attempt takes.
 *
 *     idle ──open──▶ connecting ──welcome──▶ open
 *                     ▲      │                │
 *                     │      └─────lost───────┤
 *                     └──retry── waiting ◀────┘        any ──close, or told to stay away──▶ closed
 *
 * The state `open` is entered again when the connection has moved to another transport.
 */
export class Connection {
  state = 'idle';
  #options;
  #events;
  #backoff;
  #wake;
  #carrier;
  #retryTimer;
  /** When the next attempt comes, in the time of performance.now(). */
  #retryAt = 0;
  /** Why the server will not say `welcome`. */
  #refusal;
  #drainTimer;
  /** When the server told us to come back, in the time of performance.now(): no hint makes us come sooner. */
  #notBefore = 0;
  #openedAt = 0;
  #everOpen = false;
  /** Counts attempts, so that an answer to an abandoned one is known to be stale. */
  #attempt = 0;

  /**
   * @param {{url: string, transport: string, hello: () => object|Promise<object>, WebSocket?: typeof WebSocket,
   *     fetch?: typeof fetch, backoff?: object}} options
   * @param {{state: (state: string, detail: object) => void, frame: (frame: object) => void}} events
   */
  constructor(options, events) {
    this.#options = options;
    this.#events = events;
    this.#backoff = new Backoff(options.backoff);
    this.#carrier = new Carrier(options, {
      welcome: (frame) => this.#welcomed(frame),
      frame: (frame) => this.#events.frame(frame),
      refused: (frame) => this.#refused(frame),
      lost: (code, reason, retryAfterMs) => this.#lost(code, reason, retryAfterMs),
      unreachable: (retryAfterMs) => this.#unreachable(retryAfterMs),
    });
  }

  /** @returns {string|undefined} what carries the frames; undefined while nothing does */
  get transport() {
    return this.#carrier.transport;
  }

  /** Starts, or starts again after `closed`. Does nothing while there is a connection or an attempt. */
  open() {
    if (this.state !== 'idle' && this.state !== 'closed') return;
    this.#wake = new Wake({
      back: () => this.retryNow({ polite: true }),
      gone: () => this.#carrier.probe(),
      online: () => this.#carrier.onNetwork(),
      left: () => this.#carrier.goodbye(),
    });
    this.#backoff.reset();
    this.#connect();
  }

  /** @returns {boolean} false when there is no open connection; the frame is not kept */
  send(frame) {
    return this.state === 'open' && this.#carrier.send(frame);
  }

  /**
   * Ends the pause before the next attempt; on an open connection, asks the server for a sign of life.
   *
   * @param {{polite?: boolean}} [options] polite: not before the time that the server named
   */
  retryNow({ polite = false } = {}) {
    if (this.state === 'open') this.#carrier.probe();
    if (this.state !== 'waiting') return;
    if (polite && performance.now() < this.#notBefore) return;
    this.#connect();
  }

  /** The server drains: it gave this client a time of its own to come back at. */
  reconnectAfter(ms) {
    const delayMs = delayOf(ms);
    clearTimeout(this.#drainTimer);
    this.#notBefore = performance.now() + delayMs;
    this.#drainTimer = setTimeout(() => {
      if (this.state === 'open' || this.state === 'waiting') this.#connect();
    }, delayMs);
  }

  close() {
    this.#carrier.goodbye();
    this.#end({ code: 1000, error: new RoomcastError('closed', 'This client was closed.') });
  }

  async #connect() {
    const attempt = this.#abandon();
    this.#enter('connecting', { attempt: this.#backoff.attempt });
    let hello;
    try {
      hello = await this.#options.hello();
    } catch (cause) {
      if (attempt === this.#attempt) this.#retry(0, { code: 0, reason: `No token: ${cause?.message ?? cause}` });
      return;
    }
    if (attempt !== this.#attempt) return;
    try {
      this.#carrier.begin(hello);
    } catch (cause) {
      // The browser refuses the address itself, such as ws: from an https: page.
      this.#end({ code: 0, error: new RoomcastError('closed', cause.message) });
    }
  }

  /** Whatever ran before counts no more. */
  #abandon() {
    clearTimeout(this.#retryTimer);
    clearTimeout(this.#drainTimer);
    this.#carrier.abandon();
    this.#refusal = undefined;
    return (this.#attempt += 1);
  }

  #welcomed(welcome) {
    this.#openedAt = performance.now();
    this.#notBefore = 0;
    this.#everOpen = true;
    this.#enter('open', welcome);
  }

  /** An error instead of a welcome: who we are is wrong and stays wrong, or the server has no time. */
  #refused(frame) {
    const error = RoomcastError.of(frame);
    if (error.transient) this.#retry(error.retryAfterMs ?? 0, { code: 0, reason: error.message });
    else this.#refuse(error);
  }

  #refuse(error) {
    if (this.#refusal) return;
    this.#refusal = error;
    this.#retryTimer = setTimeout(() => this.#end({ code: 0, reason: error.message, error }), CLOSE_WITHIN_MS);
  }

  #lost(code, closeReason, retryAfterMs) {
    const reason = describe(code, closeReason);
    if (this.#refusal) {
      this.#end({ code, reason: this.#refusal.message, error: this.#refusal });
      return;
    }
    if (!mayReturn(code)) {
      this.#end({ code, reason, error: new RoomcastError('closed', reason, { closeCode: code }) });
      return;
    }
    if (this.state === 'open' && performance.now() - this.#openedAt >= STABLE_AFTER_MS) this.#backoff.reset();
    const slot = this.#notBefore - performance.now();
    const floorMs = Math.max(isNodeFull(code) ? NODE_FULL_FLOOR_MS : 0, delayOf(retryAfterMs));
    if (slot > 0 && slot >= delayOf(retryAfterMs)) this.#wait(slot, { code, reason });
    else this.#retry(floorMs, { code, reason });
  }

  /**
   * A browser does not say why a connection cannot be opened; the server is asked for it, meanwhile, unless it asks for
   * a pause.
   */
  async #unreachable(retryAfterMs) {
    this.#lost(ABNORMAL, this.#everOpen ? '' : 'The server cannot be reached.', retryAfterMs);
    if (retryAfterMs > 0) return;
    const attempt = this.#attempt;
    const reason = await whyRefused(this.#options.url);
    if (reason === undefined || attempt !== this.#attempt || this.state !== 'waiting') return;
    const delayMs = Math.max(0, this.#retryAt - performance.now());
    this.#enter('waiting', { delayMs, attempt: this.#backoff.attempt, code: ABNORMAL, reason });
  }

  #retry(floorMs, why) {
    this.#notBefore = performance.now() + delayOf(floorMs);
    this.#wait(this.#backoff.next(floorMs), why);
  }

  #wait(delayMs, why) {
    this.#abandon();
    this.#retryAt = performance.now() + delayMs;
    this.#retryTimer = setTimeout(() => this.#connect(), delayMs);
    this.#enter('waiting', { delayMs, attempt: this.#backoff.attempt, ...why });
  }

  #end(detail) {
    if (this.state === 'closed') return;
    this.#abandon();
    this.#wake?.stop();
    this.#enter('closed', { reason: detail.error.message, ...detail });
  }

  #enter(state, detail) {
    this.state = state;
    this.#events.state(state, detail);
  }
}
