/** Where the page is: two applications of one origin share its storage. At the root, names are as they always were. */
const DIRECTORY = new URL('.', location.href).pathname;

/** What the names of this page's keys and channels begin with. theme-first.js makes the same one. */
export const SPACE = DIRECTORY === '/' ? 'roomcast' : `roomcast${DIRECTORY}`;

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
    this.#key = `${SPACE}.${name}`;
    this.#fallback = parse;
  }

  get() {
    return this.#fallback(this.find());
  }

  /** @returns {unknown} what is stored, as it is; undefined if nothing is */
  find() {
    try {
      return JSON.parse(globalThis[this.#storage].getItem(this.#key) ?? 'null') ?? undefined;
    } catch {
      return undefined;
    }
  }

  set(value) {
    try {
      globalThis[this.#storage].setItem(this.#key, JSON.stringify(value));
    } catch {
      // Not remembered; everything else works.
    }
  }
}

/**
 * A value that each tab has for itself, through reloads. A new tab begins with what was set last in any of them.
 */
export class TabValue {
  #tab;
  #last;

  /**
   * @param {string} name
   * @param {(value: unknown) => any} parse see StoredValue
   */
  constructor(name, parse) {
    this.#tab = new StoredValue('sessionStorage', name, parse);
    this.#last = new StoredValue('localStorage', name, parse);
  }

  get() {
    return this.#tab.find() === undefined ? this.#last.get() : this.#tab.get();
  }

  set(value) {
    this.change(() => value);
  }

  /** @param {(value: any) => any} change what becomes of the value, in this tab and for new ones */
  change(change) {
    const mine = this.get();
    this.#last.set(change(this.#last.get()));
    this.#tab.set(change(mine));
  }
}

export const asArray = (value) => (Array.isArray(value) ? value : []);
export const asObject = (value) => (value !== null && typeof value === 'object' && !Array.isArray(value) ? value : {});
export const asText = (value) => (typeof value === 'string' ? value : '');

/** A room may be called `constructor`: what every object has by that name was not stored by anybody. */
export const ownValue = (object, name) => (Object.hasOwn(object, name) ? object[name] : undefined);
