import { avatar } from '../avatar.js';
import { el } from '../dom.js';
import { badgeText } from './room-list.js';

/** How messages travel, for whoever asks. */
const WAYS = {
  websocket: 'Over a WebSocket',
  sse: 'Over HTTP, as a stream',
  poll: 'Over HTTP: no WebSocket opens here',
};

/** The bar at the top: who you are, whether you are connected, how much is unread. */
export class Topbar {
  #chat;
  #element;

  /**
   * @param {import('../model/chat.js').Chat} chat
   * @param {HTMLElement} element
   */
  constructor(chat, element) {
    this.#chat = chat;
    this.#element = element;
    chat.status.addEventListener('change', () => this.#show());
    chat.addEventListener('renamed', () => this.#show());
    chat.addEventListener('unread', () => this.#showUnread());
    this.#show();
  }

  #show() {
    const { client, status, user, userName } = this.#chat;
    this.#element.dataset.online = status.online;
    const text = this.#element.querySelector('.connection-text');
    const state = status.online ? 'Connected' : 'Not connected';
    if (text.textContent !== state) text.textContent = state;
    text.title = WAYS[client.transport] ?? '';
    const button = this.#element.querySelector('[data-action=name]');
    button.replaceChildren(avatar(userName, user), el('span', { class: 'user-name', dir: 'auto' }, userName));
    button.setAttribute('aria-label', `You are ${userName}. Change your name`);
  }

  #showUnread() {
    const badge = this.#element.querySelector('[data-unread-total]');
    const { unread } = this.#chat;
    badge.hidden = unread === 0;
    badge.textContent = badgeText(unread);
  }
}
