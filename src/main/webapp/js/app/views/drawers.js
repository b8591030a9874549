import { isComposing } from '../dom.js';

/**
 * The room list and the people list. On wide screens they stand beside the rooms; on narrow ones they slide over
 * them, one at a time, and go away with Escape or a tap beside them.
 */
export class Drawers {
  #root;
  #scrim;
  #wide;
  #returnFocus;

  /**
   * @param {HTMLElement} root `.app`
   * @param {MediaQueryList} wide whether there is place for lists beside the rooms
   */
  constructor(root, wide) {
    this.#root = root;
    this.#wide = wide;
    this.#scrim = root.querySelector('.scrim');
    this.#scrim.addEventListener('click', () => this.close());
    root.addEventListener('keydown', (event) => {
      if (event.key === 'Escape' && this.#open && !isComposing(event)) {
        event.preventDefault();
        event.stopPropagation();
        this.close();
      }
    }, { capture: true });
    wide.addEventListener('change', () => this.close());
  }

  get #open() {
    return this.#root.dataset.drawer;
  }

  /** Opens a drawer, or closes it. Does nothing where there is place for the list anyway. */
  toggle(id) {
    if (this.#wide.matches) return;
    if (this.#open === id) this.close();
    else this.#show(id);
  }

  close() {
    if (!this.#open) return;
    this.#show(undefined);
    this.#returnFocus?.focus();
  }

  #show(id) {
    if (id) {
      this.#returnFocus = document.activeElement;
      this.#root.dataset.drawer = id;
    } else {
      delete this.#root.dataset.drawer;
    }
    this.#scrim.hidden = !id;
    this.#root.querySelector('.panes').inert = Boolean(id);
    this.#root.querySelector('[data-action=rooms]').setAttribute('aria-expanded', String(id === 'rooms'));
    if (!id) return;
    const drawer = document.getElementById(id);
    (drawer.querySelector('[aria-current]') ?? drawer.querySelector('button'))?.focus();
  }
}
