import { readFrames, utf8Length } from './frames.js';
import { HttpRefusal } from './http-calls.js';
import { linesOf } from './lines.js';
import { Watch } from './watch.js';

const NDJSON = 'application/x-ndjson';

/** How many frames go with one request, at most, until a server takes fewer. */
const MOST_FRAMES = 50;
/** And how many bytes, where the server names no limit for a frame. */
const MOST_BYTES = 60_000;

const TOO_LARGE = 413;

const ANSWER_WITHIN_MS = 20_000;

/** Also of an answer that has not the shape of its type, such as the acknowledgement of a signal. */
function idIn(line) {
  try {
    return JSON.parse(line)?.id;
  } catch {
    return undefined;
  }
}

/**
 * Sends a client's frames, as many as wait in one request, and one request at a time: so they arrive in their order. A
 * frame whose answer does not come is answered here, as if the server had no time: who sent it asks again, and nothing
 * is done twice that has a key.
 */
export class Sender {
  #calls;
  #events;
  #waiting = [];
  #isBusy = false;
  #isClosed = false;
  #mostFrames = MOST_FRAMES;
  #mostBytes = MOST_BYTES;
  /** Of the request that is on its way. */
  #watch;

  /**
   * @param {import('./http-calls.js').HttpCalls} calls
   * @param {{frame: (frame: object) => void, heard: () => void, refused: (refusal: HttpRefusal) => void}} events
   *     refused: the server has refused a request as a whole; its frames are answered all the same
   */
  constructor(calls, events) {
    this.#calls = calls;
    this.#events = events;
  }

  send(frame) {
    const line = JSON.stringify(frame);
    this.#waiting.push({ frame, line, bytes: utf8Length(line) + 1 });
    if (!this.#isBusy) this.#run();
  }

  /**
   * There is a session again. Without one, nothing is sent.
   *
   * @param {number} [frameBytes] the largest frame of the server, and the largest body; 0 means no limit
   */
  resume(frameBytes) {
    this.#mostBytes = frameBytes || MOST_BYTES;
    if (!this.#isBusy) this.#run();
  }

  close() {
    this.#isClosed = true;
    this.#waiting = [];
    this.#watch?.abort();
  }

  async #run() {
    this.#isBusy = true;
    // What is sent in the same turn goes together.
    await undefined;
    while (this.#waiting.length > 0 && this.#calls.session !== undefined) await this.#post(this.#portion());
    this.#isBusy = false;
  }

  #portion() {
    let bytes = 0;
    const tooMany = this.#waiting.findIndex((each, index) => {
      bytes += each.bytes;
      return index > 0 && (bytes > this.#mostBytes || index >= this.#mostFrames);
    });
    return this.#waiting.splice(0, tooMany < 0 ? this.#waiting.length : tooMany);
  }

  async #post(portion) {
    const unanswered = [...portion];
    const watch = (this.#watch = new Watch(ANSWER_WITHIN_MS));
    try {
      const response = await this.#calls.call('send', {
        body: portion.map(({ line }) => line).join('\n'),
        type: NDJSON,
        accept: NDJSON,
        signal: watch.signal,
      });
      for await (const line of linesOf(response)) {
        this.#events.heard();
        if (line) this.#answer(unanswered, line);
      }
      this.#fail(unanswered, {});
    } catch (error) {
      if (this.#isClosed) return;
      if (error.status === TOO_LARGE && portion.length > 1) {
        this.#mostFrames = Math.ceil(portion.length / 2);
        this.#waiting.unshift(...portion);
        return;
      }
      this.#fail(unanswered, error instanceof HttpRefusal ? error : {});
      if (error instanceof HttpRefusal) this.#events.refused(error);
    } finally {
      watch.stop();
    }
  }

  /**
   * Answers come in the order of the frames, and name them by their ids; if the server closes the session meanwhile,
   * some are left out.
   */
  #answer(unanswered, line) {
    const id = idIn(line);
    const index = id === undefined ? 0 : unanswered.findIndex(({ frame }) => frame.id === id);
    const [asked] = id === undefined || index >= 0 ? unanswered.splice(index, 1) : [];
    for (const frame of readFrames(line)) {
      const { room, idempotencyKey } = asked?.frame ?? {};
      if (frame.type === 'error') this.#events.frame({ id: asked?.frame.id, room, idempotencyKey, ...frame });
      else this.#events.frame(frame);
    }
  }

  #fail(unanswered, { code, message = 'The server did not answer.', retryAfterMs }) {
    for (const { frame: { id, room, idempotencyKey } } of unanswered) {
      if (id === undefined) continue;
      const known = code !== undefined && code !== 'session_invalid' && code !== 'unauthenticated';
      this.#events.frame({
        type: 'error', id, room, idempotencyKey, code: known ? code : 'unavailable', text: message, retryAfterMs,
      });
    }
  }
}
