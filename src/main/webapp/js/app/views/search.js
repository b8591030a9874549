import { el } from '../dom.js';
import { errorText } from '../error-text.js';
import { countOf } from '../format.js';
import { foundRow } from './found-row.js';
import { toast } from './toast.js';

/** Somebody who types is not asked to wait, and the server not to look for each letter. */
const TYPED_FOR_MS = 400;

/** A shorter beginning of a word stands for too many. */
const SHORTEST_BEGINNING = /[\p{L}\p{N}]{2}$/u;
/** Each character of these is a word, and has no beginning. */
const SCRIPTS = ['Han', 'Hiragana', 'Katakana', 'Thai', 'Lao', 'Khmer', 'Myanmar'];
const WITHOUT_SPACES = new RegExp(`[${SCRIPTS.map((name) => `\\p{Script=${name}}`).join('')}]$`, 'u');

/** The dialog that finds messages by their words, and goes to the place of one. */
export class Search {
  #chat;
  #dialog;
  #opened;
  #text;
  #status;
  #list;
  #more;
  #timer;
  /** The last question and its rooms, whose next page `cursor` begins; counts the questions. */
  #asked;
  #cursor;
  #count = 0;

  /**
   * @param {import('../model/chat.js').Chat} chat
   * @param {HTMLDialogElement} dialog
   * @param {() => void} opened called when the place of a message is about to be shown
   */
  constructor(chat, dialog, opened) {
    this.#chat = chat;
    this.#dialog = dialog;
    this.#opened = opened;
    this.#text = dialog.querySelector('#search-text');
    this.#status = dialog.querySelector('.search-status');
    this.#list = dialog.querySelector('.found-list');
    this.#more = dialog.querySelector('[data-action=more]');
    this.#more.addEventListener('click', () => this.#load());
    dialog.querySelector('[data-action=cancel]').addEventListener('click', () => dialog.close());
    dialog.querySelector('form').addEventListener('submit', (event) => {
      event.preventDefault();
      this.#begin();
    });
    this.#text.addEventListener('input', () => this.#soon());
    for (const filter of dialog.querySelectorAll('select, .search-filters input')) {
      filter.addEventListener('change', () => this.#soon());
    }
    this.#list.addEventListener('keydown', (event) => this.#step(event));
  }

  show() {
    const people = this.#chat.room(this.#chat.active)?.roster.users ?? [];
    this.#dialog.querySelector('#search-people')
      .replaceChildren(...people.map(({ id, name }) => el('option', { value: id }, name)));
    this.#dialog.showModal();
    this.#text.focus();
    this.#text.select();
  }

  #soon() {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#begin(), TYPED_FOR_MS);
  }

  #begin() {
    clearTimeout(this.#timer);
    this.#asked = undefined;
    this.#cursor = undefined;
    this.#count = 0;
    this.#list.replaceChildren();
    this.#more.hidden = true;
    const text = this.#text.value.trim();
    if (/[\p{L}\p{N}]/u.test(text)) {
      this.#asked = { text: withBeginning(text), rooms: this.#rooms(), options: this.#options() };
      this.#load();
    } else {
      this.#status.textContent = text && 'There is no word in this to look for.';
    }
  }

  #rooms() {
    const { value } = this.#dialog.querySelector('#search-where');
    return value === 'here' && this.#chat.active ? [this.#chat.active] : undefined;
  }

  #options() {
    const value = (id) => this.#dialog.querySelector(id).value.trim();
    const day = (date, after) => {
      const [year, month, number] = date.split('-').map(Number);
      return date ? new Date(year, month - 1, number + after) : undefined;
    };
    return {
      user: value('#search-user') || undefined,
      from: day(value('#search-from'), 0),
      to: day(value('#search-to'), 1),
    };
  }

  async #load() {
    const asked = this.#asked;
    if (!asked || asked.isLoading) return;
    asked.isLoading = true;
    this.#status.textContent = 'Searching…';
    try {
      const { messages, more, cursor } =
        await this.#chat.client.search(asked.text, { ...asked.options, rooms: asked.rooms, cursor: this.#cursor });
      if (asked === this.#asked) this.#show(messages, more, cursor);
    } catch (error) {
      if (asked === this.#asked) this.#failed(error);
    }
    asked.isLoading = false;
  }

  #show(messages, more, cursor) {
    this.#cursor = cursor;
    this.#count += messages.length;
    const rows = messages.map((message) => foundRow(message, () => this.#goTo(message)));
    // Whoever has pressed the button goes on with what it has brought.
    const goesOn = document.activeElement === this.#more;
    this.#list.append(...rows);
    this.#more.hidden = !more;
    if (goesOn) (rows[0] ?? this.#list.lastElementChild)?.querySelector('button').focus();
    this.#status.textContent = this.#said(more);
  }

  #said(more) {
    if (this.#count > 0) return `${countOf(this.#count, 'message')}${more ? ', and there are more' : ''}`;
    return more ? 'Nothing yet; there is more to look through.' : 'Nothing was found.';
  }

  #failed(error) {
    this.#status.textContent = SEARCH_TEXTS[error.code] ?? errorText(error);
    this.#more.hidden = this.#count === 0 || error.code === 'not_implemented';
  }

  /** With the arrow keys, one goes from message to message. */
  #step(event) {
    const step = { ArrowDown: 'nextElementSibling', ArrowUp: 'previousElementSibling' }[event.key];
    const next = step && event.target.closest('li')?.[step];
    if (!next) return;
    event.preventDefault();
    next.querySelector('button').focus();
  }

  async #goTo(message) {
    this.#dialog.close();
    this.#opened();
    this.#chat.open(message.room);
    if (!(await this.#chat.room(message.room).goTo(message))) {
      toast('This message is of the time before the room began anew. It can be read in the search only.');
    }
  }
}

const SEARCH_TEXTS = {
  not_implemented: 'This server keeps no messages that could be searched.',
  rate_limited: 'You are searching too fast. Try again in a moment.',
  busy: 'The server is busy. Try again in a moment.',
  unavailable: 'The server cannot search right now. Try again in a moment.',
  disconnected: 'There is no connection now. Try again in a moment.',
  bad_request: 'The server does not understand this. A word needs two characters before a star.',
  too_large: 'This is too long. A search has at most 24 words and 256 characters.',
};

/** Somebody who types has not finished the last word. */
function withBeginning(text) {
  const isOpen = (text.match(/"/g)?.length ?? 0) % 2 === 0;
  return isOpen && SHORTEST_BEGINNING.test(text) && !WITHOUT_SPACES.test(text) ? `${text}*` : text;
}
