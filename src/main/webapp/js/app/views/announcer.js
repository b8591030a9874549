import { countOf } from '../format.js';
import { nameOf, textOf } from './message-data.js';

/** Messages that come within this time are read out together, or counted. */
const GATHERED_MS = 1_000;
const MOST_READ = 3;
/** The beginning tells whether it is worth going there. */
const MOST_CHARACTERS = 200;

/**
 * Reads out what others write, once, for those who do not see it come. The list itself is silent: rows also come when
 * somebody switches rooms or scrolls back, and are no news then.
 */
export class Announcer {
  active = false;
  #element;
  #news = [];
  #timer;

  /**
   * @param {import('../model/room-model.js').RoomModel} model
   * @param {HTMLElement} element a live region that nobody sees
   * @param {AbortSignal} signal
   */
  constructor(model, element, signal) {
    this.#element = element;
    model.addEventListener('news', ({ detail }) => this.#came(detail), { signal });
    signal.addEventListener('abort', () => clearTimeout(this.#timer));
  }

  #came(message) {
    // Screen readers read along in one room only.
    if (!this.active) return;
    this.#news.push(message);
    this.#timer ??= setTimeout(() => this.#say(), GATHERED_MS);
  }

  #say() {
    this.#timer = undefined;
    const news = this.#news.splice(0);
    const text = news.length > MOST_READ
      ? countOf(news.length, 'new message')
      : news.map((message) => `${nameOf(message)}: ${textOf(message).slice(0, MOST_CHARACTERS)}`).join('\n');
    // The same text again is only read if it is another one.
    this.#element.textContent = this.#element.textContent === text ? `${text}\u00a0` : text;
  }
}
