import { utf8Length } from './frames.js';

/** More than a frame needs besides the joins in it. */
const FRAME_OVERHEAD_BYTES = 100;

/**
 * Joins rooms with as few frames as the server allows, so that a client of many rooms is back soon. Each join has an id
 * of its own, by which its answer is found; a frame that is refused as a whole is answered with the id of the frame.
 */
export class Joins {
  #send;
  #nextId;
  /** The memberships of each frame, by its id. */
  #frames = new Map();

  /** @param {{send: (frame: object) => boolean, nextId: () => number}} session */
  constructor({ send, nextId }) {
    this.#send = send;
    this.#nextId = nextId;
  }

  /**
   * @param {import('./membership.js').Membership[]} memberships
   * @param {{rooms: number, frameBytes: number}} limits of the server; 0 means no limit
   */
  start(memberships, { rooms, frameBytes }) {
    let portion = [];
    let bytes = 0;
    for (const membership of memberships) {
      const join = membership.connected();
      const size = utf8Length(JSON.stringify(join)) + 1;
      const isFull = (rooms > 0 && portion.length >= rooms)
        || (frameBytes > 0 && bytes + size + FRAME_OVERHEAD_BYTES > frameBytes);
      if (isFull) {
        this.#sendTogether(portion);
        portion = [];
        bytes = 0;
      }
      portion.push({ membership, join });
      bytes += size;
    }
    this.#sendTogether(portion);
  }

  /** @returns {boolean} whether the `error` was about a frame of many joins; then each is sent alone */
  refused(frame) {
    const memberships = this.#frames.get(frame.id);
    if (!memberships) return false;
    this.#frames.delete(frame.id);
    for (const membership of memberships) if (membership.state === 'joining') membership.joinAlone();
    return true;
  }

  disconnected() {
    this.#frames.clear();
  }

  #sendTogether(portion) {
    const joins = portion.map(({ join }) => join);
    if (joins.length > 1) {
      const id = this.#nextId();
      this.#frames.set(id, portion.map(({ membership }) => membership));
      this.#send({ type: 'join', id, rooms: joins });
    } else if (joins.length === 1) {
      this.#send({ type: 'join', ...joins[0] });
    }
  }
}
