import { el, isComposing } from '../dom.js';
import { normaliseName } from '../model/names.js';
import { clearNameError, readRoom } from './name-field.js';

/** The dialog that opens a room by its name: one of yours, or one to join. */
export class Switcher {
  #chat;
  #dialog;
  #input;
  #opened;
  /** The names of the rooms that fit what was typed. */
  #found = [];
  /** The name that was typed, unless a room that was found is called so. */
  #typed;
  #chosen;

  /**
   * @param {import('../model/chat.js').Chat} chat
   * @param {HTMLDialogElement} dialog
   * @param {() => void} opened called after a room was opened
   */
  constructor(chat, dialog, opened) {
    this.#chat = chat;
    this.#dialog = dialog;
    this.#opened = opened;
    this.#input = dialog.querySelector('input');
    this.#input.addEventListener('input', () => this.#suggest());
    dialog.querySelector('[data-action=cancel]').addEventListener('click', () => dialog.close());
    dialog.querySelector('form').addEventListener('submit', (event) => {
      event.preventDefault();
      const name = this.#chosen ?? readRoom(this.#input);
      if (name) this.#open(name, event.submitter?.value === 'beside');
    });
    this.#input.addEventListener('keydown', (event) => this.#keyDown(event));
  }

  #keyDown(event) {
    if (isComposing(event)) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) this.#step(step);
    // Enter in the field presses the first submit button of a form, which is the other one here.
    else if (event.key === 'Enter') this.#submit(event.shiftKey ? '[value=beside]' : '[value=open]');
    else return;
    event.preventDefault();
  }

  #submit(button) {
    this.#dialog.querySelector('form').requestSubmit(this.#dialog.querySelector(button));
  }

  show() {
    this.#input.value = '';
    clearNameError(this.#input);
    this.#dialog.querySelector('[data-beside]').hidden = this.#chat.capacity < 2;
    this.#suggest();
    this.#dialog.showModal();
    this.#input.focus();
  }

  #suggest() {
    clearNameError(this.#input);
    const typed = normaliseName(this.#input.value);
    const wanted = typed.toLocaleLowerCase();
    this.#found = this.#chat.rooms.map(({ name }) => name).filter((name) => name.toLocaleLowerCase().includes(wanted));
    this.#typed = this.#found.includes(typed) ? '' : typed;
    const single = typed && this.#found.length === 1 ? this.#found[0] : undefined;
    this.#choose(this.#found.includes(typed) ? typed : single);
  }

  /** Goes round: each room that was found, and the name as it was typed. */
  #step(by) {
    const choices = [undefined, ...this.#found];
    this.#choose(choices.at((choices.indexOf(this.#chosen) + by) % choices.length));
  }

  /** @param {string|undefined} name what Enter opens; undefined for the room that is called as was typed */
  #choose(name) {
    this.#chosen = name;
    this.#dialog.querySelector('[data-open]').textContent = name === undefined ? 'Join' : 'Open';
    const isOther = name !== undefined && name !== normaliseName(this.#input.value);
    this.#dialog.querySelector('.switcher-hint').textContent = isOther ? `Enter opens #${name}.` : '';
    const rows = this.#found.map((found) => this.#row(found, found, 'switcher-room'));
    // Above the others, as for the arrow keys. A touch keyboard has none.
    if (this.#typed) rows.unshift(this.#row(undefined, `Join #${this.#typed}`, 'switcher-room switcher-join'));
    this.#dialog.querySelector('.switcher-list').replaceChildren(...rows);
    this.#dialog.querySelector('.switcher-room[aria-current]')?.scrollIntoView({ block: 'nearest' });
  }

  /** @param {string|undefined} name what a tap opens; see #choose */
  #row(name, text, style) {
    const onclick = () => {
      this.#chosen = name;
      this.#submit('[value=open]');
    };
    const current = name === this.#chosen && 'true';
    return el('li', {}, el('button', {
      class: style, type: 'button', dir: 'auto', 'aria-current': current, onclick,
    }, text));
  }

  #open(name, beside) {
    this.#dialog.close();
    this.#chat.open(name, { beside });
    this.#opened();
  }
}
