import { el } from './dom.js';

/** A colour that is the same for a name everywhere: FNV-1a of the name, as a hue in degrees. */
export function hueOf(name) {
  let hash = 0x811c9dc5;
  for (const char of name) {
    hash = Math.imul(hash ^ char.codePointAt(0), 0x01000193);
  }
  // Steps of 30 degrees: hues that are closer than that look like the same colour.
  return ((hash >>> 0) % 12) * 30;
}

/** One or two letters: of the parts of a name ("ann.lee" → "AL"), else its first two. */
export function initialsOf(name) {
  const parts = name.split(/[_\-.:@]+/u).filter(Boolean);
  const letters = parts.length > 1 ? [...parts[0]].slice(0, 1).concat([...parts[1]].slice(0, 1)) : [...name].slice(0, 2);
  return letters.join('').toLocaleUpperCase();
}

/** @returns {HTMLElement} decoration; the name stands beside it */
export function avatar(name) {
  const element = el('span', { class: 'avatar', 'aria-hidden': 'true' }, initialsOf(name));
  element.style.setProperty('--hue', hueOf(name));
  return element;
}
