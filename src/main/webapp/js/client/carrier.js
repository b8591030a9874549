import { ABNORMAL } from './close-codes.js';
import { Link } from './link.js';
import { NetworkMemory } from './network-memory.js';
import { Patience } from './patience.js';
import { Silence } from './silence.js';
import { TransportChoice } from './transport-choice.js';
import { openTransport } from './transports.js';
import { Upgrade } from './upgrade.js';

/** Where something else may do, a WebSocket has this long to open, and then to bring a welcome. */
const WEBSOCKET_WITHIN_MS = { openWithinMs: 3_000, welcomeWithinMs: 5_000 };

/** What cuts a connection after this long is no rule for silent ones. */
const PROVEN_AFTER_MS = 600_000;

/**
 * Makes the Link of each attempt, and learns what the way to the server bears. An attempt may go on with another
 * transport: see TransportChoice. Over polls, an Upgrade tries a WebSocket beside them from time to time. When that
 * says `welcome`, it takes the place of the polls, and `welcome` is called again.
 */
export class Carrier {
  #options;
  #events;
  #choice;
  #patience = new Patience();
  #silence = new Silence();
  #upgrade = new Upgrade(() => this.#tryWebSocket());
  #link;
  /** A WebSocket that is tried while polls carry the frames. */
  #trial;
  #transport;
  #welcomedAt;
  #isRefused = false;

  /**
   * @param {{url: string, transport: string, hello: () => object|Promise<object>, WebSocket?: typeof WebSocket,
   *     fetch?: typeof fetch}} options
   * @param {{welcome: (frame: object) => void, frame: (frame: object) => void, refused: (frame: object) => void,
   *     lost: (code: number, reason: string, retryAfterMs?: number) => void,
   *     unreachable: (retryAfterMs?: number) => void}} events as those of Link
   */
  constructor(options, events) {
    this.#options = options;
    this.#events = events;
    const { transport: option, url, WebSocket, fetch } = options;
    this.#choice = new TransportChoice({ option, url, WebSocket, fetch, memory: new NetworkMemory(url) });
  }

  /** @returns {string|undefined} what carries the frames; undefined while nothing does */
  get transport() {
    return this.#welcomedAt === undefined ? undefined : this.#transport;
  }

  /**
   * Begins an attempt. The one before has been abandoned.
   *
   * @param {object} hello
   * @throws if the browser refuses the address itself, such as ws: from an https: page
   */
  begin(hello) {
    this.#begin(this.#choice.first, hello);
  }

  /** Whatever ran before counts no more, and no callback of it follows. */
  abandon() {
    this.#upgrade.stop();
    this.#trial?.close();
    this.#trial = undefined;
    this.#link?.close();
    this.#link = undefined;
    this.#welcomedAt = undefined;
    this.#isRefused = false;
  }

  send(frame) {
    return this.#link?.send(frame) ?? false;
  }

  probe() {
    this.#link?.probe();
  }

  goodbye() {
    this.#link?.goodbye();
  }

  /** There is a network, and maybe another one than before. */
  onNetwork() {
    this.#silence.forget();
    this.#patience.forget();
    this.#upgrade.now();
  }

  #begin(transport, hello) {
    this.#transport = transport;
    const goesOn = () => this.#beginOtherwise(transport, hello);
    const isFree = transport === 'websocket' && this.#choice.isFree;
    this.#link = this.#makeLink(transport, hello, {
      ...(isFree && WEBSOCKET_WITHIN_MS),
      welcome: (frame) => this.#welcomed(frame),
      refused: (frame) => {
        this.#isRefused = true;
        this.#events.refused(frame);
      },
      unreachable: (retryAfterMs) => goesOn() || this.#events.unreachable(retryAfterMs),
      lost: (code, reason, retryAfterMs) => {
        const isNoHandshake = this.#welcomedAt === undefined && code === ABNORMAL && !this.#isRefused;
        if (!isNoHandshake || !goesOn()) this.#lost(code, reason, retryAfterMs);
      },
    });
  }

  /** @returns {boolean} whether the attempt goes on with another transport */
  #beginOtherwise(transport, hello) {
    const other = this.#choice.failed(transport);
    if (other === undefined) return false;
    this.#begin(other, hello);
    return true;
  }

  #makeLink(transport, hello, events) {
    const { url, WebSocket, fetch } = this.#options;
    const options = { url, hello, WebSocket, fetch, patience: this.#patience };
    return new Link({
      transport: (told) => openTransport(transport, options, told),
      longestSilenceMs: this.#silence.longestMs,
      frame: (frame) => this.#events.frame(frame),
      ...events,
    });
  }

  #welcomed(welcome) {
    this.#welcomedAt = performance.now();
    this.#choice.worked(this.#transport);
    if (this.#transport === 'poll' && this.#choice.isFree) this.#upgrade.start();
    else this.#upgrade.stop();
    this.#events.welcome(welcome);
  }

  #lost(code, reason, retryAfterMs) {
    if (performance.now() - this.#welcomedAt >= PROVEN_AFTER_MS) this.#silence.forget();
    else if (this.transport === 'websocket' && code === ABNORMAL) this.#silence.cut(this.#link.silentMs);
    this.#events.lost(code, reason, retryAfterMs);
  }

  /**
   * Nobody waits for it: messages go on coming meanwhile. When the WebSocket has said `welcome`, the rooms are joined
   * there from their positions.
   */
  async #tryWebSocket() {
    const polls = this.#link;
    const hello = await this.#askHello();
    if (hello === undefined || this.#link !== polls || this.#trial) return;
    let trial;
    const failed = () => {
      if (trial === this.#trial) this.#trial = undefined;
      trial.close();
    };
    try {
      trial = this.#trial = this.#makeLink('websocket', hello, {
        welcome: (frame) => this.#moveTo(trial, frame),
        refused: failed,
        unreachable: failed,
        lost: (code, reason) => {
          if (trial === this.#link) this.#lost(code, reason);
          else failed();
        },
      });
    } catch {
      // The browser refuses the address itself.
    }
  }

  /** @returns {Promise<object|undefined>} undefined if there is no token now */
  async #askHello() {
    try {
      return await this.#options.hello();
    } catch {
      return undefined;
    }
  }

  #moveTo(trial, welcome) {
    this.#trial = undefined;
    this.#link.close();
    this.#link = trial;
    this.#transport = 'websocket';
    this.#welcomed(welcome);
  }
}
