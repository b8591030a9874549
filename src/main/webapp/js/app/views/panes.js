import { el } from '../dom.js';
import { Pane } from './pane.js';

/** The rooms that stand side by side. */
export class Panes {
  #chat;
  #element;
  #actions;
  #panes = new Map();

  /**
   * @param {import('../model/chat.js').Chat} chat
   * @param {HTMLElement} element
   * @param {{togglePeople: () => void, join: () => void, focus: () => void}} actions
   */
  constructor(chat, element, actions) {
    this.#chat = chat;
    this.#element = element;
    this.#actions = actions;
    chat.addEventListener('panes', () => this.#render());
    this.#render();
  }

  /** Puts the cursor where the active room is written to, or the focus where one is joined. */
  focus() {
    const pane = this.#panes.get(this.#chat.room(this.#chat.active));
    if (pane) pane.focus();
    else this.#element.querySelector('.no-room button')?.focus();
  }

  #render() {
    const models = this.#chat.panes.map((name) => this.#chat.room(name));
    for (const [model, pane] of this.#panes) {
      if (models.includes(model)) continue;
      pane.stop();
      this.#panes.delete(model);
    }
    this.#element.querySelector('.no-room')?.remove();
    let next = this.#element.firstElementChild;
    for (const model of models) {
      const pane = this.#paneFor(model);
      if (pane.element === next) next = next.nextElementSibling;
      else this.#element.insertBefore(pane.element, next);
      pane.show({ active: model.name === this.#chat.active, alone: models.length === 1 });
    }
    if (models.length === 0) this.#showNoRoom();
  }

  #paneFor(model) {
    const known = this.#panes.get(model);
    if (known) return known;
    const pane = new Pane(this.#chat, model, this.#actions);
    this.#panes.set(model, pane);
    return pane;
  }

  #showNoRoom() {
    this.#element.append(el('div', { class: 'no-room' },
      el('p', {}, 'You are in no room.'),
      el('button', { class: 'button primary', type: 'button', onclick: this.#actions.join }, 'Join a room')));
  }
}
