import { el } from '../dom.js';

const SHOWN_FOR_MS = 4_000;
/** Somebody has to read it, decide, and get there, perhaps with the keyboard alone. */
const UNDONE_WITHIN_MS = 20_000;
let timer;

/**
 * A short notice that goes away by itself.
 *
 * @param {string} text
 * @param {() => void} [undo] takes back what the notice is about
 */
export function toast(text, undo) {
  const element = document.querySelector('.toast');
  const hide = () => { element.hidden = true; };
  const shownFor = undo ? UNDONE_WITHIN_MS : SHOWN_FOR_MS;
  // Who has got to the button is not sent away from it.
  const hideUnlessUsed = () => {
    if (element.contains(document.activeElement)) timer = setTimeout(hideUnlessUsed, shownFor);
    else hide();
  };
  element.replaceChildren(el('span', {}, text));
  if (undo) {
    const button = el('button', { class: 'toast-undo', type: 'button' }, 'Undo');
    button.addEventListener('click', () => {
      hide();
      undo();
    });
    element.append(button);
  }
  element.hidden = false;
  clearTimeout(timer);
  timer = setTimeout(hideUnlessUsed, shownFor);
}
