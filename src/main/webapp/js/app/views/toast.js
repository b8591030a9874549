const SHOWN_FOR_MS = 4_000;
let timer;

/** A short notice that goes away by itself. */
export function toast(text) {
  const element = document.querySelector('.toast');
  element.textContent = text;
  element.hidden = false;
  clearTimeout(timer);
  timer = setTimeout(() => { element.hidden = true; }, SHOWN_FOR_MS);
}
