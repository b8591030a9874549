import { countOf, listOf } from '../format.js';

/** Gathers what the rooms say after a reconnect and makes one sentence of it for people, once all have said it. */
export class ReturnReport {
  #tell;
  #rooms = new Set();
  /** Those that have not said yet what was missed; undefined while nobody asks. */
  #awaited;
  #count = 0;
  #lost = new Set();
  #failed = new Set();
  #renumbered = new Set();

  /** @param {(report: {text: string, complete: boolean}) => void} tell */
  constructor(tell) {
    this.#tell = tell;
  }

  /** The connection is back. */
  begin() {
    this.#count = 0;
    this.#lost.clear();
    this.#failed.clear();
    this.#renumbered.clear();
    this.#awaited = new Set([...this.#rooms].filter(({ refusal }) => !refusal));
    this.#settle();
  }

  /** It is gone again. */
  cancel() {
    this.#awaited = undefined;
  }

  /** @param {import('./room-model.js').RoomModel} model */
  watch(model) {
    this.#rooms.add(model);
    model.addEventListener('returned', ({ detail }) => this.#add(model, detail));
  }

  /** @param {import('./room-model.js').RoomModel} model whose room was left */
  forget(model) {
    this.#rooms.delete(model);
    if (this.#awaited?.delete(model)) this.#settle();
  }

  #add(model, { count, lost, failed, renumbered }) {
    if (!this.#awaited?.delete(model)) return;
    this.#count += count;
    if (failed) this.#failed.add(model.name);
    if (lost) this.#lost.add(model.name);
    else if (renumbered) this.#renumbered.add(model.name);
    this.#settle();
  }

  #settle() {
    if (!this.#awaited || this.#awaited.size > 0) return;
    this.#awaited = undefined;
    this.#tell({ text: this.#sentence(), complete: this.#lost.size + this.#failed.size + this.#renumbered.size === 0 });
  }

  #sentence() {
    const parts = ['Back online.'];
    if (this.#count > 0) parts.push(`${countOf(this.#count, 'missed message')} delivered.`);
    const lost = namesOf(this.#lost);
    if (this.#lost.size > 0) parts.push(`Some messages in ${lost} were not delivered: look for the gap.`);
    if (this.#failed.size > 0) parts.push(`Missed messages in ${namesOf(this.#failed)} could not be loaded.`);
    if (this.#renumbered.size > 0) parts.push(`${namesOf(this.#renumbered)} began anew: messages may be missing.`);
    if (parts.length === 1) parts.push('Nothing was missed.');
    return parts.join(' ');
  }
}

const namesOf = (rooms) => listOf([...rooms].map((name) => `#${name}`));
