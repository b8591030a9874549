import { avatar, hueOf } from '../avatar.js';
import { el, icon } from '../dom.js';
import { errorText } from '../error-text.js';
import { formatExactTime, formatTime } from '../format.js';
import { dataOf, nameOf, textOf } from './message-data.js';
import { MessageText } from './message-text.js';

const STATE_ICON = { sending: 'clock', delayed: 'clock', sent: 'check', stored: 'check', failed: 'warning' };
const STATE_NAME = { sending: 'Sending', delayed: 'Waiting', sent: 'Sent', stored: 'Sent', failed: 'Not sent' };

/** One message. A row of an own message begins as outgoing and becomes the stored message in place. */
export class MessageRow {
  #model;
  #row;
  #time = el('time', { class: 'time' });
  #state = el('span', { class: 'state' });
  #trouble = el('div', { class: 'trouble', hidden: true });
  /** The error that is shown. */
  #error;

  /** @param {import('../model/room-model.js').RoomModel} model */
  constructor(model, row) {
    this.#model = model;
    const { sender, content, own, erased } = row.message;
    const shown = nameOf(row.message);
    const text = new MessageText(textOf(row.message));
    text.element.classList.toggle('wordless', content === undefined || Boolean(erased));
    const name = el('span', { class: 'sender', dir: 'auto', title: sender }, shown);
    name.style.setProperty('--hue', hueOf(sender));
    this.element = el('div', { class: 'message', role: 'article', tabindex: -1 },
      avatar(shown, sender),
      el('div', { class: 'message-body' },
        el('div', { class: 'meta' }, name, badgeOf(row.message), this.#time, this.#state),
        text.element,
        text.more,
        dataOf(row.message),
        this.#trouble));
    this.element.classList.toggle('own', Boolean(own));
    this.update(row);
  }

  /** @returns {object} what it shows; see rows.js */
  get row() {
    return this.#row;
  }

  update(row) {
    const before = this.#row;
    this.#row = row;
    const { message, outgoing, grouped } = row;
    this.element.classList.toggle('grouped', grouped);
    if (message.offset !== undefined) this.element.dataset.offset = message.offset;
    if (before?.message.at !== message.at) this.showTime();
    const state = outgoing?.state ?? (message.own ? 'stored' : '');
    // Buttons that are there stay: somebody may be about to press one.
    if (this.element.dataset.state !== state || this.#error !== outgoing?.error) this.#showState(state, outgoing);
  }

  showTime() {
    const { at } = this.#row.message;
    this.element.setAttribute('aria-label', `${nameOf(this.#row.message)}, ${formatTime(at)}`);
    this.#time.dateTime = new Date(at).toISOString();
    this.#time.title = formatExactTime(at);
    this.#time.textContent = formatTime(at);
  }

  #showState(state, outgoing) {
    this.element.dataset.state = state;
    this.#error = outgoing?.error;
    this.#state.replaceChildren();
    if (state) this.#state.append(icon(STATE_ICON[state]), el('span', { class: 'visually-hidden' }, STATE_NAME[state]));
    this.#state.title = STATE_NAME[state] ?? '';
    this.#trouble.hidden = !outgoing?.error;
    this.#trouble.replaceChildren(...(outgoing?.error ? this.#troubleOf(outgoing) : []));
  }

  #troubleOf({ idempotencyKey, state, error }) {
    const failed = state === 'failed';
    const text = el('span', { class: 'trouble-text' }, failed ? `Not sent. ${errorText(error)}` : errorText(error));
    if (!failed) return [text];
    const { outgoing } = this.#model;
    return [
      text,
      button('Retry', () => outgoing.retry(idempotencyKey)),
      button('Discard', () => outgoing.discard(idempotencyKey)),
    ];
  }
}

const button = (text, onclick) => el('button', { class: 'button small', type: 'button', onclick }, text);

function badgeOf({ own, namesake }) {
  if (own) return el('span', { class: 'you' }, 'you');
  const title = 'Written by somebody else who has your name, or by you in another browser';
  return namesake ? el('span', { class: 'you namesake', title }, 'not from here') : undefined;
}
