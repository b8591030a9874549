import { preferences } from './preferences.js';
import { ownValue } from './storage.js';

/** Reading is remembered this much later, once for all that was read meanwhile. */
const REMEMBER_AFTER_MS = 500;

/**
 * How far one user has read each room, `{epoch, offset}`. The tabs of this browser share it: none of them takes back
 * what another has read.
 */
export class ReadMarks {
  #stored;
  #tabs;
  #unstored = new Map();
  #timer;

  /**
   * @param {string} user
   * @param {import('./tabs.js').Tabs} tabs are told what was read
   */
  constructor(user, tabs) {
    this.#stored = preferences.readMarksOf(user);
    this.#tabs = tabs;
    globalThis.addEventListener('pagehide', () => this.#remember());
  }

  /** @returns {{epoch: string, offset: number}|undefined} */
  of(room) {
    return this.#unstored.get(room) ?? ownValue(this.#stored.get(), room);
  }

  set(room, mark) {
    this.#unstored.set(room, mark);
    this.#timer ??= setTimeout(() => this.#remember(), REMEMBER_AFTER_MS);
  }

  #remember() {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#unstored.size === 0) return;
    const marks = { ...this.#stored.get() };
    for (const [room, mark] of this.#unstored) {
      const other = ownValue(marks, room);
      const isFurther = other?.epoch !== mark.epoch || !(other.offset >= mark.offset);
      if (isFurther) Object.defineProperty(marks, room, { value: mark, enumerable: true, configurable: true });
    }
    this.#stored.set(marks);
    this.#tabs.tell('read', Object.fromEntries(this.#unstored));
    this.#unstored.clear();
  }
}
