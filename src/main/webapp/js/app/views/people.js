import { avatar } from '../avatar.js';
import { el, perFrame } from '../dom.js';
import { countOf, formatCount } from '../format.js';
import { Reconciler } from './reconcile.js';

/** More names than this are no help to anybody. */
const MOST_NAMES = 200;
const MOST_OF_ID = 16;

/** Who is in the active room. */
export class People {
  #chat;
  #element;
  #rows;
  #model;
  #render = perFrame(() => this.#draw());

  /**
   * @param {import('../model/chat.js').Chat} chat
   * @param {HTMLElement} element
   */
  constructor(chat, element) {
    this.#chat = chat;
    this.#element = element;
    this.#rows = new Reconciler(element.querySelector('.people-list'), {
      create: (row) => (row.more ? el('li', { class: 'people-more' }, row.more) : this.#person(row)),
      update: (node, row) => { if (row.more) node.textContent = row.more; },
    });
    chat.addEventListener('panes', () => this.show());
  }

  /** Call when the list was opened: names are asked for only while somebody looks. */
  show() {
    const model = this.#chat.room(this.#chat.active);
    if (model !== this.#model) {
      this.#model?.removeEventListener('people', this.#render);
      this.#model = model;
      this.#model?.addEventListener('people', this.#render);
    }
    if (!this.#element.hidden) model?.roster.want();
    this.#render();
  }

  #draw() {
    if (this.#element.hidden) return;
    const { users, count } = this.#model?.roster ?? { users: [], count: 0 };
    this.#element.querySelector('.people-count').textContent = count > 0 ? formatCount(count) : '';
    const alike = (user, other) => user.name === other?.name;
    const rows = users.slice(0, MOST_NAMES).map((user, i) => {
      // They are in the order of their names.
      const needsId = alike(user, users[i - 1]) || alike(user, users[i + 1]);
      return { key: `${needsId ? 'alike' : 'user'}:${user.id}\n${user.name}`, user, needsId };
    });
    const hidden = Math.max(count, users.length) - rows.length;
    if (hidden > 0) rows.push({ key: 'more', more: `and ${countOf(hidden, 'other')}` });
    this.#rows.show(rows);
  }

  #person({ user: { id, name }, needsId }) {
    const you = id === this.#chat.user ? el('span', { class: 'you' }, 'you') : undefined;
    const label = el('span', { class: 'person-name', dir: 'auto', title: id === name ? name : `${name}, ${id}` }, name);
    if (needsId && id !== name) label.append(el('span', { class: 'person-id', dir: 'ltr' }, shortId(id)));
    return el('li', { class: 'person' }, avatar(name, id), label, you);
  }
}

/** The end of an id, by which two users of one name are told apart: many ids of an issuer begin alike. */
function shortId(id) {
  const characters = [...id];
  return characters.length > MOST_OF_ID ? `…${characters.slice(-MOST_OF_ID).join('')}` : id;
}
