import { readFrames } from './frames.js';
import { canInflate, inflate } from './inflate.js';
import { Heartbeat } from './heartbeat.js';

export const SUBPROTOCOL = 'roomcast.v1';
/** The same, but that batches of messages may come compressed. The server takes the first that it knows. */
const SUBPROTOCOL_DEFLATE = 'roomcast.v1.deflate';

/** A server that accepts TCP but never says `welcome` is no server. */
const WELCOME_WITHIN_MS = 15_000;

/** The code browsers report for a connection that ended without a close frame. */
const ABNORMAL = 1006;

/**
 * One WebSocket from its opening to its end: says `hello`, waits for `welcome`, then carries frames. It is never
 * opened again; Connection makes a new one. After `lost`, `unreachable` or `close` no callback follows.
 */
export class Link {
  #socket;
  #events;
  #heartbeat;
  #deadline;
  #ended = false;
  /** Whether the server took the connection. */
  #opened = false;
  /** Settles when what is being inflated has been handed on; undefined when nothing is. */
  #inflating;

  /**
   * @param {{url: string, hello: object, WebSocket: typeof WebSocket,
   *     welcome: (frame: object) => void, frame: (frame: object) => void,
   *     refused: (frame: object) => void, lost: (code: number, reason: string) => void,
   *     unreachable: () => void}} options unreachable: lost before the server took it
   */
  constructor(options) {
    this.#events = options;
    this.#heartbeat = new Heartbeat({
      ping: () => this.send({ type: 'ping' }),
      dead: () => this.#lost(ABNORMAL, 'The server does not answer.'),
    });
    const subprotocols = canInflate() ? [SUBPROTOCOL_DEFLATE, SUBPROTOCOL] : [SUBPROTOCOL];
    this.#socket = new options.WebSocket(options.url, subprotocols);
    this.#socket.binaryType = 'arraybuffer';
    this.#deadline = setTimeout(() => this.#lost(ABNORMAL, 'The server does not answer.'), WELCOME_WITHIN_MS);
    this.#socket.addEventListener('open', () => {
      this.#opened = true;
      this.send({ type: 'hello', ...options.hello });
    });
    // A close always follows, which says more. Without a listener some implementations end the process.
    this.#socket.addEventListener('error', () => {});
    this.#socket.addEventListener('message', (event) => this.#receive(event.data));
    this.#socket.addEventListener('close', (event) => this.#lost(event.code, event.reason));
  }

  #receive(data) {
    if (this.#ended) return;
    this.#heartbeat.heard();
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
    this.#lost(ABNORMAL, 'The server sent what cannot be inflated.');
  }

  #read(text) {
    for (const frame of readFrames(text)) {
      if (this.#ended) return;
      if (frame.type === 'pong') continue;
      if (this.#deadline === undefined) this.#events.frame(frame);
      else this.#beforeWelcome(frame);
    }
  }

  #beforeWelcome(frame) {
    if (frame.type === 'welcome') {
      this.#welcomed();
      this.#heartbeat.start(frame.heartbeatMs);
      this.#events.welcome(frame);
    } else if (frame.type === 'error') {
      this.#events.refused(frame);
    }
  }

  #welcomed() {
    clearTimeout(this.#deadline);
    this.#deadline = undefined;
  }

  /** @returns {boolean} whether the frame was given to the socket; never whether it arrived */
  send(frame) {
    if (this.#ended || this.#socket.readyState !== 1) return false;
    this.#socket.send(JSON.stringify(frame));
    return true;
  }

  /** Asks the server for a sign of life, unless it has still to say `welcome`. */
  probe() {
    if (this.#deadline === undefined) this.#heartbeat.probe();
  }

  close() {
    if (this.#ended) return;
    this.#ended = true;
    clearTimeout(this.#deadline);
    this.#heartbeat.stop();
    // With the other end dead the closing handshake can take a minute; nobody waits for it.
    this.#socket.close(1000);
  }

  #lost(code, reason) {
    if (this.#ended) return;
    this.close();
    if (!this.#opened && code === ABNORMAL) this.#events.unreachable();
    else this.#events.lost(code, reason);
  }
}
