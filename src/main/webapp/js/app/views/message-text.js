import { el } from '../dom.js';
import { endOfPart, tamed } from '../excerpt.js';
import { countOf } from '../format.js';
import { linkify } from '../linkify.js';

/** What is drawn unasked: a message costs those who read along this much at most, whatever it holds. */
export const FIRST = { characters: 2_000, lines: 30 };
/** What each press of the button draws besides. */
const MORE = { characters: 10_000, lines: 300 };

/** The text of one message: its beginning, and a button that draws the rest part by part. */
export class MessageText {
  element = el('div', { class: 'text', dir: 'auto' });
  /** Shown as long as something is left. */
  more;
  #content;
  #end;

  /** @param {string} content */
  constructor(content) {
    this.#content = content;
    this.#end = endOfPart(content, 0, FIRST);
    this.element.append(...linkify(tamed(content.slice(0, this.#end))));
    if (this.#end === content.length) return;
    this.more = el('button', { class: 'button small more', type: 'button', onclick: () => this.#showMore() });
    this.#label();
  }

  #showMore() {
    const from = this.#end;
    this.#end = endOfPart(this.#content, from, MORE);
    // Whoever reads with the keyboard or a screen reader goes on where the new part begins.
    const part = el('span', { tabindex: -1 }, ...linkify(tamed(this.#content.slice(from, this.#end))));
    this.element.append(part);
    if (this.#end === this.#content.length) this.more.remove();
    else this.#label();
    part.focus({ preventScroll: true });
  }

  #label() {
    this.more.textContent = `Show more (${countOf(this.#content.length - this.#end, 'character')})`;
  }
}
