/**
 * Codes that say "not now": what was asked is right and worth asking again. `room_full` is not among them,
 * since it may last; a room that was joined before treats it as one all the same.
 */
const TRANSIENT = new Set(['busy', 'rate_limited', 'unavailable', 'timeout', 'disconnected']);

/** A failure with a `code` for programs and a `message` for people. */
export class RoomcastError extends Error {
  /**
   * @param {string} code one of docs/protocol.md's error codes, or one of this library's own: `outbox_full`,
   *     `outcome_unknown`, `left`, `closed`, `timeout`, `disconnected`
   * @param {string} [text] one sentence for people
   * @param {{retryAfterMs?: number, room?: string, idempotencyKey?: string, epoch?: string, offset?: number,
   *     closeCode?: number}} [more]
   */
  constructor(code, text, more = {}) {
    super(text || code);
    this.name = 'RoomcastError';
    this.code = code;
    /** @type {number|undefined} milliseconds that the server asks to wait */
    this.retryAfterMs = more.retryAfterMs;
    this.room = more.room;
    /** @type {string|undefined} the key of the publish that failed */
    this.idempotencyKey = more.idempotencyKey;
    /** @type {string|undefined} of `renumbered`: the epoch of the room now; `offset` is that of its last message */
    this.epoch = more.epoch;
    this.offset = more.offset;
    /** @type {number|undefined} the WebSocket close code, where a close was the cause */
    this.closeCode = more.closeCode;
  }

  /** @returns {boolean} whether the same request may succeed later */
  get transient() {
    return TRANSIENT.has(this.code);
  }

  /** @param {object} frame an `error` frame */
  static of(frame) {
    return new RoomcastError(frame.code ?? 'unknown', frame.text, frame);
  }
}
