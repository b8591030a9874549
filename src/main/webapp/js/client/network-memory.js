const HOUR_MS = 3_600_000;

/**
 * Remembers, for an hour, that the network of this browser lets no WebSocket through to a server. So the next page, and
 * the other tabs, need not find out again. Outside browsers only the program itself remembers it, as long.
 */
export class NetworkMemory {
  #key;
  /** Where there is no storage. */
  #rememberedAt;

  /** @param {string} url of the WebSocket */
  constructor(url) {
    const { host } = new URL(url);
    const network = globalThis.navigator?.connection?.type ?? '';
    this.#key = `roomcast.no-websocket ${host} ${network}`.trim();
  }

  /** @returns {boolean} */
  get hasNoWebSocket() {
    const age = Date.now() - Number(this.#stored ?? this.#rememberedAt ?? NaN);
    return age >= 0 && age < HOUR_MS;
  }

  get #stored() {
    try {
      return storage()?.getItem(this.#key);
    } catch {
      return undefined;
    }
  }

  remember() {
    this.#rememberedAt = Date.now();
    try {
      storage()?.setItem(this.#key, String(Date.now()));
    } catch {
      // The next page finds out again.
    }
  }

  forget() {
    this.#rememberedAt = undefined;
    try {
      storage()?.removeItem(this.#key);
    } catch {
      // It is too old in an hour.
    }
  }
}

/** Node.js may have one, too, which belongs to no network. */
const storage = () => (typeof document === 'undefined' ? undefined : globalThis.localStorage);
