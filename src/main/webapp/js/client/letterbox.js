import { RoomcastError } from './errors.js';
import { Outbox } from './outbox.js';

/** Messages for rooms that are not joined. They wait and are sent again as those of a room that is. */
export class Letterbox {
  #session;
  #delayed;
  #limit;
  #outboxes = new Map();
  #open = false;
  /** Why nothing is sent any more; undefined as long as something may be. */
  #end;

  /**
   * @param {object} session what the client offers: send, nextId, limits
   * @param {{limit: number, delayed: (detail: object) => void}} options
   */
  constructor(session, { limit, delayed }) {
    this.#session = session;
    this.#limit = limit;
    this.#delayed = delayed;
  }

  /** @returns {Promise<{idempotencyKey: string, epoch: string, offset: number}>} */
  async publish(room, message, idempotencyKey) {
    if (this.#end) throw new RoomcastError(this.#end.code, this.#end.message, { room, idempotencyKey });
    const outbox = this.#outboxes.get(room) ?? this.#add(room);
    try {
      return await outbox.publish(message, idempotencyKey);
    } finally {
      if (outbox.size === 0 && this.#outboxes.get(room) === outbox) this.#remove(room, outbox);
    }
  }

  /** There is a connection that said `welcome`. */
  connected() {
    this.#open = true;
    for (const outbox of this.#outboxes.values()) outbox.open(false);
  }

  disconnected() {
    this.#end = undefined;
    this.#open = false;
    for (const outbox of this.#outboxes.values()) outbox.shut();
  }

  /** @param {RoomcastError} error why there will be no further connection */
  end(error) {
    this.disconnected();
    this.#end = error;
    for (const outbox of this.#outboxes.values()) outbox.abandon(error);
  }

  /** @returns {boolean} whether the frame was about one of these messages */
  receive(frame) {
    if (frame.type !== 'ack' && frame.type !== 'error') return false;
    for (const outbox of this.#outboxes.values()) {
      if (!outbox.owns(frame)) continue;
      if (frame.type === 'ack') outbox.acknowledged(frame);
      else outbox.refused(frame);
      return true;
    }
    return false;
  }

  #add(room) {
    const outbox = new Outbox({
      limit: this.#limit,
      limits: () => this.#session.limits(),
      nextId: () => this.#session.nextId(),
      send: (frame) => this.#session.send({ ...frame, room }),
      delayed: (error, { idempotencyKey }, delayMs) => this.#delayed({ room, idempotencyKey, error, delayMs }),
    });
    if (this.#open) outbox.open(false);
    this.#outboxes.set(room, outbox);
    return outbox;
  }

  #remove(room, outbox) {
    outbox.shut();
    this.#outboxes.delete(room);
  }
}
