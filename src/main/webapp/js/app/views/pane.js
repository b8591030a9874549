import { fromTemplate, isComposing, perFrame } from '../dom.js';
import { countOf, formatCount } from '../format.js';
import { Composer } from './composer.js';
import { MessageList } from './message-list.js';
import { toast } from './toast.js';

/** One room on the screen: its head, its messages and the box to write in. */
export class Pane {
  #chat;
  #model;
  #composer;
  #list;
  #stop = new AbortController();

  /**
   * @param {import('../model/chat.js').Chat} chat
   * @param {import('../model/room-model.js').RoomModel} model
   * @param {{togglePeople: () => void, focus: () => void}} actions focus: puts the cursor into the active room
   */
  constructor(chat, model, { togglePeople, focus }) {
    this.#chat = chat;
    this.#model = model;
    this.element = fromTemplate('pane-template');
    this.element.dataset.room = model.name;
    this.element.setAttribute('aria-label', `Room ${model.name}`);
    const name = this.element.querySelector('.pane-name');
    name.textContent = model.name;
    name.title = model.name;
    const { signal } = this.#stop;
    this.#list = new MessageList(chat, model, this.element.querySelector('.pane-body'));
    this.#composer = new Composer(chat, model, this.element.querySelector('.composer'), () => this.#list.toLatest());
    this.element.addEventListener('focusin', () => this.#activate(), { signal });
    this.element.addEventListener('pointerdown', () => this.#activate(), { signal });
    this.element.addEventListener('keydown', (event) => this.#keyDown(event), { signal });
    this.#on('people', () => {
      this.#activate();
      togglePeople();
    });
    this.#on('link', () => this.#copyLink());
    this.#on('leave', () => {
      const comeBack = chat.leave(model.name);
      toast(`You left #${model.name}.`, () => {
        comeBack();
        focus();
      });
      focus();
    });
    this.#on('close', () => {
      chat.closePane(model.name);
      focus();
    });
    model.addEventListener('people', perFrame(() => this.#showPeople()), { signal });
    this.#showPeople();
  }

  focus() {
    this.#composer.focus();
  }

  /** @param {{active: boolean, alone: boolean}} place alone: there is no other pane beside it */
  show({ active, alone }) {
    this.element.classList.toggle('active', active && !alone);
    this.element.querySelector('[data-action=close]').hidden = alone;
    this.#list.active = active;
    this.#composer.attached();
  }

  stop() {
    this.#stop.abort();
    this.#list.stop();
    this.#composer.stop();
    this.element.remove();
  }

  #activate() {
    if (this.#chat.active !== this.#model.name) this.#chat.open(this.#model.name);
  }

  #on(action, listener) {
    this.element.querySelector(`[data-action=${action}]`).addEventListener('click', listener);
  }

  #keyDown(event) {
    if (event.altKey || event.ctrlKey || event.metaKey || event.defaultPrevented || isComposing(event)) return;
    const writing = event.target instanceof HTMLTextAreaElement;
    if (event.key === 'Escape') this.#list.toLatest();
    else if (event.key === 'PageUp' && writing) this.#list.scrollBy(-1);
    else if (event.key === 'PageDown' && writing) this.#list.scrollBy(1);
    else return;
    event.preventDefault();
  }

  async #copyLink() {
    const link = new URL(`#${encodeURIComponent(this.#model.name)}`, location.href).href;
    try {
      await navigator.clipboard.writeText(link);
      toast('Link copied.');
    } catch {
      // Browsers offer the clipboard to secure contexts only.
      toast(link);
    }
  }

  #showPeople() {
    const { count } = this.#model.roster;
    const chip = this.element.querySelector('.chip');
    chip.hidden = count === 0;
    chip.querySelector('.chip-count').textContent = formatCount(count);
    chip.setAttribute('aria-label', `${countOf(count, 'person', 'people')} here`);
    chip.title = 'Who is here (Alt P)';
  }
}
