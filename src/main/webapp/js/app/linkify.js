import { el } from './dom.js';

const CANDIDATE = /\bhttps?:\/\/[^\s<>"'`\u0000-\u001f]+/giu;
const TRAILING = /[.,;:!?…]+$/u;

/**
 * The text as nodes, with its web addresses as links. Only http and https become links, and a link shows exactly the
 * address that was typed.
 *
 * @param {string} text
 * @returns {(string|HTMLAnchorElement)[]}
 */
export function linkify(text) {
  const nodes = [];
  let end = 0;
  for (const match of text.matchAll(CANDIDATE)) {
    const address = withoutTail(match[0]);
    if (!isWebAddress(address)) continue;
    nodes.push(text.slice(end, match.index), linkTo(address));
    end = match.index + address.length;
  }
  nodes.push(text.slice(end));
  return nodes.filter((node) => node !== '');
}

/** Punctuation after an address belongs to the sentence; a closing bracket does if it was not opened inside. */
function withoutTail(address) {
  let rest = address.replace(TRAILING, '');
  for (const [open, close] of ['()', '[]', '{}']) {
    while (rest.endsWith(close) && rest.split(close).length > rest.split(open).length) {
      rest = rest.slice(0, -1).replace(TRAILING, '');
    }
  }
  return rest;
}

function isWebAddress(address) {
  try {
    const { protocol, hostname } = new URL(address);
    return hostname !== '' && (protocol === 'http:' || protocol === 'https:');
  } catch {
    return false;
  }
}

function linkTo(address) {
  return el('a', { href: address, target: '_blank', rel: 'noopener noreferrer nofollow' }, address);
}
