import { el, icon, perFrame } from '../dom.js';
import { countOf } from '../format.js';
import { Reconciler } from './reconcile.js';

/** Counts above this are shown as "99+". */
const MOST = 99;

/** @returns {string} an unread count that fits into a badge */
export const badgeText = (count) => (count > MOST ? `${MOST}+` : String(count));

/** All rooms of this person, with how much is unread in each. */
export class RoomList {
  #chat;
  #rows;
  #opened;

  /**
   * @param {import('../model/chat.js').Chat} chat
   * @param {HTMLElement} list
   * @param {() => void} opened called after a room was chosen here
   */
  constructor(chat, list, opened) {
    this.#chat = chat;
    this.#opened = opened;
    this.#rows = new Reconciler(list, {
      create: (row) => this.#create(row),
      update: (node, row) => this.#update(node, row),
    });
    const render = perFrame(() => this.#render());
    for (const part of ['rooms', 'panes', 'unread']) chat.addEventListener(part, render);
    render();
  }

  #render() {
    this.#rows.show(this.#chat.rooms.map(({ name, unread }) => ({ key: name, name, unread: unread.count })));
  }

  #create(row) {
    const open = (beside) => () => {
      this.#chat.open(row.name, { beside });
      this.#opened();
    };
    const node = el('li', { class: 'room' },
      el('button', { class: 'room-button', type: 'button', title: row.name, onclick: open(false) },
        el('span', { class: 'room-name', dir: 'auto' }, row.name),
        el('span', { class: 'badge' })),
      el('button', {
        class: 'icon-button small room-beside', type: 'button', onclick: open(true),
        'aria-label': `Open ${row.name} beside`, title: 'Open beside',
      }, icon('beside')));
    this.#update(node, row);
    return node;
  }

  #update(node, { name, unread }) {
    const [button, beside] = node.children;
    const badge = button.querySelector('.badge');
    badge.hidden = unread === 0;
    badge.textContent = badgeText(unread);
    button.setAttribute('aria-label', unread > 0 ? `${name}, ${countOf(unread, 'unread message')}` : name);
    if (this.#chat.active === name) button.setAttribute('aria-current', 'true');
    else button.removeAttribute('aria-current');
    node.classList.toggle('shown', this.#chat.panes.includes(name));
    beside.hidden = this.#chat.capacity < 2 || this.#chat.panes.includes(name);
  }
}
