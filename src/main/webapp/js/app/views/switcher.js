import { el } from '../dom.js';
import { normaliseName } from '../model/names.js';
import { clearNameError, readRoom } from './name-field.js';

/** The dialog that opens a room by its name: one of yours, or one to join. */
export class Switcher {
  #chat;
  #dialog;
  #input;
  #opened;

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
      const name = readRoom(this.#input);
      if (name) this.#open(name, event.submitter?.value === 'beside');
    });
    // Enter in the field presses the first submit button of a form, which is the other one here.
    this.#input.addEventListener('keydown', (event) => {
      if (event.key !== 'Enter' || event.isComposing) return;
      event.preventDefault();
      const button = event.shiftKey ? '[value=beside]' : '[value=open]';
      dialog.querySelector('form').requestSubmit(dialog.querySelector(button));
    });
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
    const wanted = normaliseName(this.#input.value).toLocaleLowerCase();
    const found = this.#chat.rooms.filter(({ name }) => name.toLocaleLowerCase().includes(wanted));
    const isMine = this.#chat.room(normaliseName(this.#input.value)) !== undefined;
    this.#dialog.querySelector('[data-open]').textContent = isMine ? 'Open' : 'Join';
    this.#dialog.querySelector('.switcher-list').replaceChildren(...found.map(({ name }) => el('li', {},
      el('button', { class: 'switcher-room', type: 'button', dir: 'auto', onclick: () => this.#open(name, false) }, name))));
  }

  #open(name, beside) {
    this.#dialog.close();
    this.#chat.open(name, { beside });
    this.#opened();
  }
}
