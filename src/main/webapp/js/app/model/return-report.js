import { countOf, listOf } from '../format.js';

/** Rooms report one after the other; the sentence waits for those that are quick. */
const SETTLES_AFTER_MS = 700;

/** Gathers what the rooms say after a reconnect and makes one sentence of it for people. */
export class ReturnReport {
  #tell;
  #count = 0;
  #gaps = new Set();
  #active = false;
  #timer;

  /** @param {(report: {text: string, complete: boolean}) => void} tell */
  constructor(tell) {
    this.#tell = tell;
  }

  /** The connection is back. */
  begin() {
    this.#count = 0;
    this.#gaps.clear();
    this.#active = true;
    this.#settle();
  }

  /** It is gone again. */
  cancel() {
    this.#active = false;
    clearTimeout(this.#timer);
  }

  /** @param {import('../../roomcast.js').Room} room */
  watch(room) {
    room.addEventListener('recovered', ({ detail }) => this.#add(() => { this.#count += detail.count; }));
    room.addEventListener('gap', ({ detail }) => this.#add(() => { this.#gaps.add(detail.room); }));
  }

  #add(note) {
    if (!this.#active) return;
    note();
    this.#settle();
  }

  #settle() {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#active = false;
      this.#tell({ text: this.#sentence(), complete: this.#gaps.size === 0 });
    }, SETTLES_AFTER_MS);
  }

  #sentence() {
    const recovered = this.#count === 0 ? '' : `${countOf(this.#count, 'missed message')} delivered. `;
    if (this.#gaps.size === 0) return `Back online. ${recovered || 'Nothing was missed.'}`.trim();
    const rooms = listOf([...this.#gaps].map((name) => `#${name}`));
    return `Back online. ${recovered}Some messages in ${rooms} were not delivered: look for the gap.`;
  }
}
