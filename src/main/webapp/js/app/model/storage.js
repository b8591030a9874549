/**
 * JSON values in a Storage that may be full, blocked by privacy settings, or hold what an older version left: none of
 * that may keep anybody from chatting, so reading falls back and writing tries.
 */
export class StoredValue {
  #storage;
  #key;
  #fallback;

  /**
   * @param {'localStorage'|'sessionStorage'} storage
   * @param {string} name
   * @param {(value: unknown) => any} parse turns whatever was found (perhaps undefined) into a valid value
   */
  constructor(storage, name, parse) {
    this.#storage = storage;
    this.#key = `roomcast.${name}`;
    this.#fallback = parse;
  }

  get() {
    let found;
    try {
      found = JSON.parse(globalThis[this.#storage].getItem(this.#key) ?? 'null') ?? undefined;
    } catch {
      found = undefined;
    }
    return this.#fallback(found);
  }

  set(value) {
    try {
      globalThis[this.#storage].setItem(this.#key, JSON.stringify(value));
    } catch {
      // Not remembered; everything else works.
    }
  }
}

export const asArray = (value) => (Array.isArray(value) ? value : []);
export const asObject = (value) => (value !== null && typeof value === 'object' && !Array.isArray(value) ? value : {});
export const asText = (value) => (typeof value === 'string' ? value : '');

/** A room may be called `constructor`: what every object has by that name was not stored by anybody. */
export const ownValue = (object, name) => (Object.hasOwn(object, name) ? object[name] : undefined);
