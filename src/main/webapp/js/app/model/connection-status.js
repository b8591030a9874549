import { ReturnReport } from './return-report.js';

/** A first connection, or a quick return, is not worth a banner. */
const PATIENCE_MS = 600;

/**
 * What people should know about the connection: `kind` is `quiet`, `connecting`, `waiting`, `closed` or `returned`.
 * Dispatches `change`.
 */
export class ConnectionStatus extends EventTarget {
  kind = 'quiet';
  text = '';
  /** When the next attempt comes, in the time of performance.now(). */
  retryAt = 0;
  online = false;
  #lost = false;
  #everOnline = false;
  #timer;
  #report = new ReturnReport(({ text, complete }) => this.#show('returned', text, { complete }));

  /** @param {import('../../roomcast.js').Roomcast} client */
  constructor(client) {
    super();
    client.addEventListener('connecting', () => this.#connecting());
    client.addEventListener('waiting', ({ detail }) => this.#waiting(detail));
    client.addEventListener('closed', ({ detail }) => this.#closed(detail));
    client.addEventListener('open', () => this.#opened());
    this.#connecting();
  }

  /** @param {import('./room-model.js').RoomModel} model */
  watch(model) {
    this.#report.watch(model);
  }

  /** @param {import('./room-model.js').RoomModel} model whose room was left */
  forget(model) {
    this.#report.forget(model);
  }

  /** The person has read it. */
  dismiss() {
    this.#show('quiet', '');
  }

  #connecting() {
    this.#offline();
    this.#soon('connecting', 'Connecting…');
  }

  #waiting({ reason, delayMs }) {
    const wasOnline = this.online;
    this.#offline();
    // A first connection that takes several attempts is no return; nor is a move to another node, which is planned.
    this.#lost = this.#everOnline;
    this.retryAt = performance.now() + delayMs;
    if (wasOnline) this.#soon('waiting', reason);
    else this.#show('waiting', reason);
  }

  #closed({ reason, code }) {
    this.#offline();
    this.#show('closed', reason, { code });
  }

  #opened() {
    this.online = true;
    this.#show('quiet', '');
    if (this.#lost) this.#report.begin();
    this.#lost = false;
    this.#everOnline = true;
  }

  #offline() {
    this.online = false;
    this.#report.cancel();
  }

  /** A banner that is shown already changes at once; a new one waits whether it is needed at all. */
  #soon(kind, text) {
    clearTimeout(this.#timer);
    if (this.kind === 'waiting' || this.kind === 'connecting') this.#show(kind, text);
    else this.#timer = setTimeout(() => this.#show(kind, text), PATIENCE_MS);
    this.dispatchEvent(new Event('change'));
  }

  #show(kind, text, { complete = true, code } = {}) {
    clearTimeout(this.#timer);
    Object.assign(this, { kind, text, complete, code });
    this.dispatchEvent(new Event('change'));
  }
}
