import { isComposing, perFrame } from '../dom.js';
import { formatCount, listOf } from '../format.js';
import { preferences } from '../model/preferences.js';
import { asText, ownValue } from '../model/storage.js';

const encoder = new TextEncoder();
/** Control characters that the protocol refuses: all but newline and tab. */
const FORBIDDEN = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/gu;

/** Those before the first line that holds something. */
const EMPTY_LINES = /^(?:[^\S\n]*\n)+/u;

/** Where a message is written, and who else is writing. */
export class Composer {
  #chat;
  #model;
  #form;
  #input;
  #sent;
  #stop = new AbortController();

  /**
   * @param {import('../model/chat.js').Chat} chat
   * @param {import('../model/room-model.js').RoomModel} model
   * @param {HTMLFormElement} form
   * @param {() => void} sent called after something was sent
   */
  constructor(chat, model, form, sent) {
    this.#chat = chat;
    this.#model = model;
    this.#form = form;
    this.#sent = sent;
    this.#input = form.querySelector('textarea');
    this.#input.setAttribute('aria-label', `Message #${model.name}`);
    this.#input.placeholder = `Message #${model.name}`;
    this.#input.value = asText(ownValue(preferences.drafts.get(), model.name));
    const { signal } = this.#stop;
    form.addEventListener('submit', (event) => this.#submit(event), { signal });
    this.#input.addEventListener('keydown', (event) => this.#keyDown(event), { signal });
    this.#input.addEventListener('input', () => this.#changed(), { signal });
    model.addEventListener('typing', perFrame(() => this.#showTyping()), { signal });
    this.#showTyping();
    this.#check();
  }

  focus() {
    this.#input.focus({ preventScroll: true });
  }

  /** The pane is on the page, so that heights can be measured. */
  attached() {
    this.#fit();
  }

  stop() {
    this.#stop.abort();
  }

  #keyDown(event) {
    if (event.key !== 'Enter' || event.shiftKey || event.altKey || isComposing(event)) return;
    event.preventDefault();
    this.#form.requestSubmit();
  }

  #submit(event) {
    event.preventDefault();
    const content = this.#content();
    if (content === '' || !this.#check()) return;
    this.#input.value = '';
    this.#model.send(content);
    this.#changed();
    this.#sent();
  }

  #changed() {
    const { name } = this.#model;
    const { [name]: _, ...others } = preferences.drafts.get();
    preferences.drafts.set(this.#input.value ? { ...others, [name]: this.#input.value } : others);
    if (this.#input.value.trim()) this.#model.room.typing();
    this.#fit();
    this.#check();
  }

  #content() {
    // The first line keeps its indent: it may be code.
    const text = this.#input.value.replace(/\r\n?/gu, '\n').replace(FORBIDDEN, '');
    return text.toWellFormed().trimEnd().replace(EMPTY_LINES, '');
  }

  /** Tells in time that a message is getting too long. */
  #check() {
    const note = this.#form.querySelector('.composer-note');
    const limit = this.#chat.client.limits.contentBytes;
    const left = limit > 0 ? limit - encoder.encode(this.#content()).length : Infinity;
    note.classList.toggle('over', left < 0);
    if (left < 0) note.textContent = `Too long by ${formatCount(-left)} bytes.`;
    else note.textContent = left < limit / 10 ? `${formatCount(left)} bytes left.` : '';
    this.#form.querySelector('.send').disabled = left < 0 || this.#content() === '';
    return left >= 0;
  }

  #fit() {
    this.#input.style.height = 'auto';
    this.#input.style.height = `${this.#input.scrollHeight}px`;
  }

  #showTyping() {
    const { names } = this.#model.typing;
    const text = names.length === 0 ? '' : `${listOf(names)} ${names.length === 1 ? 'is' : 'are'} typing…`;
    this.#form.querySelector('.typing').textContent = text;
  }
}
