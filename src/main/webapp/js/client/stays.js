/** The place after a frame that moves it. */
const placeOf = (epoch, { offset, at }) => (Number.isSafeInteger(at) ? { epoch, offset, at } : { epoch, offset });

/** What differs when somebody came or left. An earlier version of the server has no revision. */
const presenceOf = ({ revision, members, count }) => revision ?? members ?? count;

/** Nobody is told of who came and left between two requests; the revision shows that somebody did. */
const someCameOrLeft = ({ room, members, revision }) =>
  ({ type: 'presence', room, joined: [], left: [], count: members, revision });

/**
 * The rooms that a client is in over plain HTTP, where each request names them with their positions, and each answer
 * says `joined` again. To the client it looks as over a WebSocket: `joined` comes once, and again only if messages
 * could not be given back.
 *
 * Over plain HTTP, `joined` of a room that recovers names the position of the request; what was missed follows. Over a
 * WebSocket it names the last message that was missed. So it is held back until these messages have come.
 *
 * The position of a room is where the next request goes on: after the last message that has come. So an answer that was
 * cut off, or one that holds a part only, loses nothing.
 */
export class Stays {
  #troubled;
  #rooms = new Map();
  /** Leaves that no request has told the server yet: `{id, room}`. */
  #leaves = [];
  /** The frames of rooms whose `joined` waits for the messages that were missed; undefined where nothing waits. */
  #held;

  /** @param {(error: object) => void} troubled a room that is joined cannot be served now */
  constructor(troubled) {
    this.#troubled = troubled;
  }

  /** @param {object} frame `join`, of one room or of several */
  join({ rooms, ...frame }) {
    for (const { id, room, since, presence } of rooms ?? [frame]) {
      this.#rooms.set(room, { since, presence, joinId: id, isJoined: false, isAsked: false });
    }
  }

  /** @param {object} frame `leave` */
  leave({ id, room }) {
    this.#rooms.delete(room);
    this.#leaves.push({ id, room, isAsked: false });
  }

  /** @returns {boolean} whether the server has something to hear that does not wait */
  get isChanged() {
    return this.#leaves.length > 0 || [...this.#rooms.values()].some(({ isJoined }) => !isJoined);
  }

  /** @returns {boolean} whether something has changed since `ask` */
  get hasNews() {
    return this.#leaves.some(({ isAsked }) => !isAsked) || [...this.#rooms.values()].some(({ isAsked }) => !isAsked);
  }

  /**
   * What to ask for.
   *
   * @returns {{rooms: Record<string, object|null>, leaves: object[], joins: object[]}} leaves, joins: what the answer
   *     is about besides; give this to `left` when the server has heard it, and to `refuse` what it has not mentioned
   */
  ask() {
    const rooms = {};
    const leaves = [...this.#leaves];
    const joins = [...this.#rooms.values()].filter(({ isJoined }) => !isJoined);
    for (const each of [...leaves, ...joins]) each.isAsked = true;
    for (const [name, { since, presence }] of this.#rooms) {
      const told = { ...since, ...(presence === false && { presence }) };
      rooms[name] = Object.keys(told).length > 0 ? told : null;
    }
    return { rooms, leaves, joins };
  }

  /** @returns {object[]} frames that tell the client of leaves that the server knows now */
  left({ leaves }) {
    this.#leaves = this.#leaves.filter((leave) => !leaves.includes(leave));
    return leaves.map(({ id, room }) => ({ type: 'left', id, room }));
  }

  /** An answer with an end begins: from now on `joined` is held back. */
  hold() {
    this.#held = new Map();
  }

  /** @returns {object[]} what was held back */
  release() {
    const held = [...(this.#held?.values() ?? [])];
    this.#held = undefined;
    return held.flatMap(({ joined, frames }) => {
      const last = frames.findLast(({ type }) => type === 'message');
      return [last ? { ...joined, offset: last.offset, at: last.at } : joined, ...frames];
    });
  }

  /**
   * @param {object} frame of an answer
   * @returns {object|undefined} what the client gets of it now
   */
  receive(frame) {
    const forClient = this.#read(frame);
    const held = this.#held?.get(frame.room);
    if (held) {
      if (forClient) held.frames.push(forClient);
      return undefined;
    }
    if (!this.#held || forClient?.type !== 'joined' || !forClient.recovered) return forClient;
    this.#held.set(frame.room, { joined: forClient, frames: [] });
    return undefined;
  }

  #read(frame) {
    const stay = this.#rooms.get(frame.room);
    // What an answer says about an earlier stay in this room.
    if (stay?.isAsked === false) return undefined;
    switch (frame.type) {
      case 'joined': return stay && this.#joined(stay, frame);
      case 'message': return stay && this.#moved(stay, stay.since?.epoch, frame);
      case 'behind': return stay && this.#moved(stay, frame.epoch, frame);
      case 'left': this.#rooms.delete(frame.room); return stay && frame;
      case 'error': return stay ? this.#refused(stay, frame) : frame;
      case 'presence': return stay && this.#present(stay, frame);
      case 'signal': return stay && frame;
      default: return frame;
    }
  }

  /** @returns {object[]} frames that refuse the joins that have no answer */
  refuse({ joins }, { code, text, retryAfterMs }) {
    const refused = [...this.#rooms].filter(([, stay]) => joins.includes(stay) && !stay.isJoined);
    for (const [room] of refused) this.#rooms.delete(room);
    return refused.map(([room, { joinId }]) => ({ type: 'error', id: joinId, room, code, text, retryAfterMs }));
  }

  #joined(stay, frame) {
    const isNews = !stay.isJoined || (stay.since !== undefined && frame.recovered === false);
    const { joinId } = stay;
    stay.isJoined = true;
    stay.joinId = undefined;
    if (!frame.recovered) stay.since = placeOf(frame.epoch, frame);
    const hasOthers = presenceOf(frame) !== stay.presenceSeen;
    stay.presenceSeen = presenceOf(frame);
    if (isNews) return { ...frame, id: joinId };
    return hasOthers ? someCameOrLeft(frame) : undefined;
  }

  #present(stay, frame) {
    // The user's own arrival is told after `joined`, which may know of later changes.
    if (!(frame.revision < stay.presenceSeen)) stay.presenceSeen = presenceOf(frame);
    return frame;
  }

  #moved(stay, epoch, frame) {
    const isAhead = epoch !== stay.since?.epoch || frame.offset > stay.since.offset;
    if (isAhead && epoch !== undefined) stay.since = placeOf(epoch, frame);
    return frame;
  }

  #refused(stay, frame) {
    if (!stay.isJoined) {
      this.#rooms.delete(frame.room);
      return { ...frame, id: stay.joinId };
    }
    if (frame.code === 'forbidden') {
      this.#rooms.delete(frame.room);
      return { type: 'left', room: frame.room };
    }
    this.#troubled(frame);
    return undefined;
  }
}
