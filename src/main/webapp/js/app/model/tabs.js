import { SPACE } from './storage.js';

/**
 * The other tabs of this browser in which the same person is here. What one of them reads, joins or leaves, all do.
 * Somebody else who uses this browser in another tab is not meant.
 */
export class Tabs extends EventTarget {
  #user;
  #channel;

  /** @param {() => string} user */
  constructor(user) {
    super();
    this.#user = user;
    if (typeof BroadcastChannel !== 'function') return;
    this.#channel = new BroadcastChannel(SPACE);
    this.#channel.addEventListener('message', ({ data }) => {
      if (data?.user === this.#user()) this.dispatchEvent(new CustomEvent(data.what, { detail: data.detail }));
    });
  }

  /**
   * @param {'read'|'joined'|'left'} what
   * @param {unknown} detail that can be cloned
   */
  tell(what, detail) {
    this.#channel?.postMessage({ user: this.#user(), what, detail });
  }
}
