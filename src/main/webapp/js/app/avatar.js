import { el } from './dom.js';

/** A colour that is the same for an id everywhere: FNV-1a of the id, stirred, as a hue in degrees. */
export function hueOf(id) {
  let hash = 0x811c9dc5;
  for (const char of id) {
    hash = Math.imul(hash ^ char.codePointAt(0), 0x01000193);
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash ^= hash >>> 13;
  // Steps of 20 degrees: hues that are closer than that look like the same colour.
  return Math.floor(((hash >>> 0) / 2 ** 32) * 18) * 20;
}

/** One or two letters: of the parts of a name ("ann.lee" → "AL"), else its first two. */
export function initialsOf(name) {
  const parts = name.split(/[\s_\-.:@|/+]+/u).filter(Boolean);
  const letters = parts.length > 1 ? parts.slice(0, 2).map(([first]) => first) : [...name].slice(0, 2);
  return letters.join('').toLocaleUpperCase();
}

/**
 * @param {string} name
 * @param {string} id of whom: two users of one name have two colours
 * @returns {HTMLElement} decoration; the name stands beside it
 */
export function avatar(name, id) {
  const element = el('span', { class: 'avatar', 'aria-hidden': 'true' }, initialsOf(name));
  element.style.setProperty('--hue', hueOf(id));
  return element;
}
