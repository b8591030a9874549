import { el } from './dom.js';

/** Each address costs the browser a parse and an element; what comes after these stays plain text. */
const MOST_LINKS = 50;
/** Servers and browsers refuse longer ones. */
const LONGEST_ADDRESS = 2_000;

/**
 * What no address holds: quotes, the punctuation of Chinese and Japanese, which no space follows, and characters that
 * are not seen but turn the text around.
 */
const OUTSIDE = '\\s<>"\'`\\u0000-\\u001f\\u3001\\u3002\\u3008-\\u3011\\u3014-\\u301f'
  + '\\uff01\\uff08\\uff09\\uff0c\\uff1a\\uff1b\\uff1f\\uff3b\\uff3d\\uff5b\\uff5d\\uff61-\\uff64'
  + '\\u200b-\\u200f\\u202a-\\u202e\\u2060-\\u206f\\ufeff';
/** Wide brackets belong to an address that has both of them. */
const CANDIDATE = new RegExp(`\\bhttps?://(?:[^${OUTSIDE}]|\uff08[^${OUTSIDE}]*\uff09)+`, 'giu');
const TRAILING = '.,;:!?…．';
const OPENING = { ')': '(', ']': '[', '}': '{' };

/**
 * The text as nodes, with its web addresses as links. Only http and https become links, and a link shows exactly the
 * address that was typed. The work grows with the length of the text and no faster.
 *
 * @param {string} text
 * @returns {(string|HTMLAnchorElement)[]}
 */
export function linkify(text) {
  const nodes = [];
  let end = 0;
  let links = 0;
  for (const match of text.matchAll(CANDIDATE)) {
    if (links === MOST_LINKS) break;
    const address = withoutTail(match[0]);
    if (!isWebAddress(address)) continue;
    nodes.push(text.slice(end, match.index), linkTo(address));
    end = match.index + address.length;
    links += 1;
  }
  nodes.push(text.slice(end));
  return nodes.filter((node) => node !== '');
}

/** Punctuation after an address belongs to the sentence; a closing bracket does if it was not opened inside. */
function withoutTail(address) {
  const count = countsOf(address);
  let end = address.length;
  for (; end > 0; end -= 1) {
    const last = address[end - 1];
    const opening = OPENING[last];
    if (opening ? count[last] <= count[opening] : !TRAILING.includes(last)) break;
    if (opening) count[last] -= 1;
  }
  return address.slice(0, end);
}

function countsOf(address) {
  const count = { '(': 0, ')': 0, '[': 0, ']': 0, '{': 0, '}': 0 };
  for (const char of address) if (Object.hasOwn(count, char)) count[char] += 1;
  return count;
}

function isWebAddress(address) {
  if (address.length > LONGEST_ADDRESS) return false;
  try {
    const { protocol, hostname } = new URL(address);
    return hostname !== '' && (protocol === 'http:' || protocol === 'https:');
  } catch {
    return false;
  }
}

function linkTo(address) {
  // Left to right, whatever surrounds it: a link shows where it leads.
  return el('a', { href: address, dir: 'ltr', target: '_blank', rel: 'noopener noreferrer nofollow' }, address);
}
