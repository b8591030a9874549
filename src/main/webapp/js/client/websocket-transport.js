import { readFrames } from './frames.js';
import { canInflate, inflate } from './inflate.js';
import { ABNORMAL } from './close-codes.js';

const SUBPROTOCOL = 'roomcast.v1';
/** The same, but that batches of messages may come compressed. The server takes the first that it knows. */
const SUBPROTOCOL_DEFLATE = 'roomcast.v1.deflate';

/**
 * Frames over one WebSocket. See Link for what a transport is.
 */
export class WebSocketTransport {
  #socket;
  #events;
  #closed = false;
  /** Settles when what is being inflated has been handed on; undefined when nothing is. */
  #inflating;

  /**
   * @param {{url: string, hello: object, WebSocket: typeof WebSocket}} options
   * @param {import('./link.js').TransportEvents} events
   */
  constructor({ url, hello, WebSocket }, events) {
    this.#events = events;
    const subprotocols = canInflate() ? [SUBPROTOCOL_DEFLATE, SUBPROTOCOL] : [SUBPROTOCOL];
    this.#socket = new WebSocket(url, subprotocols);
    this.#socket.binaryType = 'arraybuffer';
    this.#socket.addEventListener('open', () => {
      events.opened();
      this.send({ type: 'hello', ...hello });
    });
    // A close always follows, which says more. Without a listener some implementations end the process.
    this.#socket.addEventListener('error', () => {});
    this.#socket.addEventListener('message', (event) => this.#receive(event.data));
    this.#socket.addEventListener('close', (event) => events.lost(event.code, event.reason));
  }

  /** @returns {boolean} whether the frame was given to the socket; never whether it arrived */
  send(frame) {
    if (this.#closed || this.#socket.readyState !== 1) return false;
    this.#socket.send(JSON.stringify(frame));
    return true;
  }

  /** The server sees a WebSocket end. */
  goodbye() {}

  close() {
    this.#closed = true;
    // With the other end dead the closing handshake can take a minute; nobody waits for it.
    this.#socket.close(1000);
  }

  #receive(data) {
    if (this.#closed) return;
    this.#events.heard();
    if (typeof data === 'string' && !this.#inflating) this.#read(data);
    else this.#readInTurn(data);
  }

  /** Inflating takes a moment, and nothing that came later may overtake. */
  #readInTurn(data) {
    const text = typeof data === 'string' ? data : inflate(data);
    const turn = Promise.all([text, this.#inflating]).then(([whole]) => this.#read(whole), () => this.#broken());
    this.#inflating = turn;
    turn.then(() => {
      if (this.#inflating === turn) this.#inflating = undefined;
    });
  }

  /** What a broken frame held is fetched again on the next connection. */
  #broken() {
    this.#events.lost(ABNORMAL, 'The server sent what cannot be inflated.');
  }

  #read(text) {
    for (const frame of readFrames(text)) {
      if (this.#closed) return;
      this.#events.frame(frame);
    }
  }
}
