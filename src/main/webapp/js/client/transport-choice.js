import { hasHttpAddress } from './http-calls.js';

/** A client that had a WebSocket is patient: its server may be about to start again. */
const FAILURES_AFTER_SUCCESS = 2;

/**
 * Which transport an attempt uses. Where the application names none, it is a WebSocket. If that cannot be opened, the
 * same attempt goes on with polls; where polls worked and no WebSocket did, the next attempt begins with them.
 */
export class TransportChoice {
  #option;
  #hasWebSocket;
  #hasHttp;
  #memory;
  #everWebSocket = false;
  /** WebSockets that could not be opened, one after another. */
  #failures = 0;
  /** Polls failed, too: so it was not the network that let no WebSocket through. */
  #pollsFailed = false;

  /**
   * @param {{option: string, url: string, WebSocket?: typeof WebSocket, fetch?: typeof fetch,
   *     memory: import('./network-memory.js').NetworkMemory}} options
   */
  constructor({ option, url, WebSocket, fetch, memory }) {
    this.#option = option;
    this.#hasWebSocket = typeof WebSocket === 'function';
    this.#hasHttp = typeof fetch === 'function' && hasHttpAddress(url);
    this.#memory = memory;
  }

  /** With what an attempt begins. */
  get first() {
    if (this.#option !== 'auto') return this.#option;
    if (!this.#hasHttp) return 'websocket';
    if (!this.#hasWebSocket) return 'poll';
    return this.#memory.hasNoWebSocket && !this.#pollsFailed ? 'poll' : 'websocket';
  }

  /** @returns {boolean} whether something else may do if a WebSocket cannot be opened */
  get isFree() {
    return this.#option === 'auto' && this.#hasHttp && this.#hasWebSocket;
  }

  /**
   * @param {string} transport that could not be opened
   * @returns {string|undefined} with what the attempt goes on
   */
  failed(transport) {
    if (transport === 'poll') this.#pollsFailed = true;
    if (transport !== 'websocket' || !this.isFree) return undefined;
    this.#failures += 1;
    return this.#everWebSocket && this.#failures < FAILURES_AFTER_SUCCESS ? undefined : 'poll';
  }

  /** @param {string} transport that has brought a welcome */
  worked(transport) {
    this.#pollsFailed = false;
    if (transport === 'websocket') {
      this.#everWebSocket = true;
      this.#failures = 0;
      this.#memory.forget();
    } else if (this.#failures > 0) {
      this.#memory.remember();
    }
  }
}
