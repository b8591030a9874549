import { preferences } from './preferences.js';
import { Signature } from './signature.js';

/** After this long the server may have forgotten the key, and sending again by itself could say it twice. */
const KEY_LIFETIME_MS = 280_000;

/**
 * What this user sent to one room and has not come back as a message yet: shown at once, in its own state.
 * It survives a reload of the page, key and all, so that a message is stored once however often it is sent.
 */
export class Outgoing {
  #room;
  #user;
  #signature;
  #changed;
  #messages = [];

  /**
   * @param {import('../../roomcast.js').Room} room
   * @param {string} user
   * @param {import('./signature.js').Signature} signature
   * @param {() => void} changed
   */
  constructor(room, user, signature, changed) {
    this.#room = room;
    this.#user = user;
    this.#signature = signature;
    this.#changed = changed;
    room.addEventListener('delayed', ({ detail: { idempotencyKey, error } }) =>
      this.#update(idempotencyKey, { state: 'delayed', error }));
  }

  /** @returns {{idempotencyKey, content, at, state: 'sending'|'delayed'|'sent'|'failed', error?, offset?}[]} */
  get messages() {
    return this.#messages;
  }

  /** @returns {number} how many the server has not stored, as far as this page knows */
  get unsent() {
    return this.#messages.filter(({ state }) => state !== 'sent').length;
  }

  /** What an earlier life of this page could not send. */
  restore() {
    const mine = preferences.unsent.get().filter(({ user, room }) => user === this.#user && room === this.#room.name);
    for (const { idempotencyKey, content, at, failed } of mine) {
      const outlived = Date.now() - at > KEY_LIFETIME_MS ? 'outcome_unknown' : undefined;
      const code = failed ?? outlived;
      const message = { idempotencyKey, content, at, state: code ? 'failed' : 'sending', error: code && { code } };
      this.#messages.push(message);
      if (!code) this.#publish(message);
    }
  }

  send(content) {
    const message = { idempotencyKey: this.#signature.newKey(), content, at: Date.now(), state: 'sending' };
    this.#messages.push(message);
    this.#publish(message);
    this.#save();
    this.#changed();
  }

  /** Sends a failed message again, with the key that it has. A room that was refused may let its user in by now. */
  retry(idempotencyKey) {
    this.#room.rejoin();
    const message = this.#update(idempotencyKey, { state: 'sending', error: undefined });
    if (message) this.#publish(message);
  }

  discard(idempotencyKey) {
    if (!this.#remove(idempotencyKey)) return;
    this.#save();
    this.#changed();
  }

  /** @returns {boolean} whether the message that arrived is one of these; it is then no longer */
  arrived({ idempotencyKey, own }) {
    if (!own || !this.#remove(idempotencyKey)) return false;
    this.#save();
    return true;
  }

  /** Messages up to `offset` will not arrive by themselves: the stored ones are behind the gap. */
  skipped(offset) {
    this.#messages = this.#messages.filter((message) => message.state !== 'sent' || message.offset > offset);
  }

  async #publish(message) {
    try {
      const { offset } = await this.#room.publish(message.content, { idempotencyKey: message.idempotencyKey });
      this.#update(message.idempotencyKey, { state: 'sent', error: undefined, offset });
    } catch (error) {
      // Leaving is the user's own doing: what waited is sent when they come back.
      if (this.#room.state !== 'left') this.#update(message.idempotencyKey, { state: 'failed', error });
    }
    this.#save();
  }

  #update(idempotencyKey, change) {
    const message = this.#messages.find((candidate) => candidate.idempotencyKey === idempotencyKey);
    if (message) {
      Object.assign(message, change);
      this.#changed();
    }
    return message;
  }

  #remove(idempotencyKey) {
    const index = this.#messages.findIndex((message) => message.idempotencyKey === idempotencyKey);
    if (index < 0) return false;
    this.#messages.splice(index, 1);
    return true;
  }

  #save() {
    const isMine = ({ user, room }) => user === this.#user && room === this.#room.name;
    const others = preferences.unsent.get().filter((message) => !isMine(message));
    const mine = this.#messages
      .filter(({ state }) => state !== 'sent')
      .map(({ idempotencyKey, content, at, error, state }) => ({
        user: this.#user, room: this.#room.name, idempotencyKey, content, at,
        failed: state === 'failed' ? error.code : undefined,
      }));
    preferences.unsent.set([...others, ...mine]);
  }
}

/**
 * Who changes their name keeps what was not sent. The server may have stored it under the old name: they have to look.
 * Its key becomes one of the new name, by which it is known as this browser's. The server keeps keys for each user.
 */
export function handOverUnsent(from, to) {
  const signature = new Signature(to);
  const handedOver = (message) =>
    ({ ...message, user: to, idempotencyKey: signature.newKey(), failed: 'outcome_unknown' });
  const unsent = preferences.unsent.get();
  preferences.unsent.set(unsent.map((message) => (message.user === from ? handedOver(message) : message)));
}
