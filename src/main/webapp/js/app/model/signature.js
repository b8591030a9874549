import { randomKey } from '../../roomcast.js';
import { preferences } from './preferences.js';

/** So long is the beginning of a key that tells whose it is; the rest tells messages apart. */
const LENGTH = 12;

/**
 * Tells the messages of one person in this browser from those of others who use the same name, where the server lets
 * everybody choose. The keys of one's own begin alike, for each name differently, so that names are not linked.
 */
export class Signature {
  #sign;

  /** @param {string} user */
  constructor(user) {
    const stored = preferences.signatureOf(user);
    this.#sign = stored.get() || randomKey().slice(0, LENGTH);
    stored.set(this.#sign);
  }

  /** @returns {string} a key for one message */
  newKey() {
    return this.#sign + randomKey();
  }

  /** @returns {boolean} whether a message with the sender's name was written in this browser */
  isOn({ idempotencyKey }) {
    return idempotencyKey?.startsWith(this.#sign) ?? false;
  }
}
