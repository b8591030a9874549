import { ABNORMAL } from './close-codes.js';
import { Heartbeat } from './heartbeat.js';

/** A server that takes a connection but never says `welcome` is no server. */
const WELCOME_WITHIN_MS = 15_000;

/**
 * What carries frames between this client and a server is a *transport*: a class, whose object is made open and is
 * never opened again.
 *
 *     new Transport(options, events)   opens it, and says who this client is
 *     send(frame)                      returns whether the frame was taken; never whether it arrived
 *     goodbye()                        tells the server that this client is going, if it would not see that at once
 *     close()                          ends it; no event follows
 *
 * @typedef {object} TransportEvents
 * @property {() => void} opened the server has taken the connection
 * @property {() => void} heard a sign of life of the server; a frame alone is none
 * @property {(frame: object) => void} frame
 * @property {(code: number, reason: string, retryAfterMs?: number) => void} lost it is over, for a close code or what
 *     stands for one; the server asks for a pause of retryAfterMs
 */

/**
 * One connection over a transport, from its opening to its end: waits for `welcome`, then carries frames, and looks
 * whether the server lives. Connection makes a new one for the next attempt. After `lost`, `unreachable` or `close` no
 * callback follows.
 */
export class Link {
  #transport;
  #events;
  #longestSilenceMs;
  #heartbeat;
  /** While the server has to open, or to say `welcome`; undefined from then on. */
  #deadline;
  #ended = false;
  /** Whether the server took the connection. */
  #opened = false;

  /**
   * @param {{transport: (events: TransportEvents) => object, openWithinMs?: number, welcomeWithinMs?: number,
   *     longestSilenceMs?: number, welcome: (frame: object) => void, frame: (frame: object) => void,
   *     refused: (frame: object) => void, lost: (code: number, reason: string, retryAfterMs?: number) => void,
   *     unreachable: (retryAfterMs?: number) => void}} options unreachable: lost before the server took it
   */
  constructor(options) {
    const { transport, welcomeWithinMs = WELCOME_WITHIN_MS, openWithinMs = welcomeWithinMs } = options;
    this.#events = options;
    this.#longestSilenceMs = options.longestSilenceMs ?? Infinity;
    this.#heartbeat = new Heartbeat({
      ping: () => this.send({ type: 'ping' }),
      dead: () => this.#lost(ABNORMAL, 'The server does not answer.'),
    });
    this.#transport = transport({
      opened: () => {
        this.#opened = true;
        if (openWithinMs !== welcomeWithinMs) this.#within(welcomeWithinMs);
      },
      heard: () => this.#heartbeat.heard(),
      frame: (frame) => this.#receive(frame),
      lost: (code, reason, retryAfterMs) => this.#lost(code, reason, retryAfterMs),
    });
    this.#within(openWithinMs);
  }

  #within(ms) {
    clearTimeout(this.#deadline);
    this.#deadline = setTimeout(() => this.#lost(ABNORMAL, 'The server does not answer.'), ms);
  }

  #receive(frame) {
    if (this.#ended || frame.type === 'pong') return;
    if (this.#deadline === undefined) this.#events.frame(frame);
    else if (frame.type === 'welcome') this.#welcomed(frame);
    else if (frame.type === 'error') this.#events.refused(frame);
  }

  #welcomed(frame) {
    clearTimeout(this.#deadline);
    this.#deadline = undefined;
    this.#heartbeat.start(frame.heartbeatMs > 0 ? Math.min(frame.heartbeatMs, this.#longestSilenceMs) : 0);
    this.#events.welcome(frame);
  }

  /** For how many milliseconds nothing was heard of the server. */
  get silentMs() {
    return this.#heartbeat.silentMs;
  }

  /** @returns {boolean} whether the frame was given to the transport; never whether it arrived */
  send(frame) {
    return !this.#ended && this.#transport.send(frame);
  }

  /** Asks the server for a sign of life, unless it has still to say `welcome`. */
  probe() {
    if (this.#deadline === undefined) this.#heartbeat.probe();
  }

  /** This client is going, and its page may be gone at any moment. */
  goodbye() {
    if (!this.#ended) this.#transport.goodbye();
  }

  close() {
    if (this.#ended) return;
    this.#ended = true;
    clearTimeout(this.#deadline);
    this.#heartbeat.stop();
    this.#transport?.close();
  }

  #lost(code, reason, retryAfterMs) {
    if (this.#ended) return;
    this.close();
    if (!this.#opened && code === ABNORMAL) this.#events.unreachable(retryAfterMs);
    else this.#events.lost(code, reason, retryAfterMs);
  }
}
