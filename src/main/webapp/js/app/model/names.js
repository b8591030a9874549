/** Names of rooms and ids of users, as docs/protocol.md allows them. Names.java and UserId.java have the same rules. */

import { NAME_TABLE } from './name-table.js';

const MOST_CHARACTERS = 128;
const MOST_ID_CHARACTERS = 255;
const ANYWHERE = '_-.:@';
/** UAX 31, tables 3a and 3b: what stands inside names, between letters; the last also at an end. */
const INSIDE = '\'\u00b7\u058a\u05f4\u0f0b\u2010\u2019\u2027\u30a0\u30fb';
const GERESH = '\u05f3';
const ZWNJ = '\u200c';
const ZWJ = '\u200d';
const BENGALI_RA = '\u09b0';
const BENGALI_VIRAMA = '\u09cd';
/** UTS 39: more than these on one letter are no writing. */
const MOST_MARKS = 4;
const SYSTEM = /^syste(rn|m)$/u;

/** @type {Map<string, number[][]>} what the rule asks about characters: ranges, in order */
const table = new Map(NAME_TABLE.split('\n').filter((line) => line && !line.startsWith('#')).map((line) => {
  const [name, ...ranges] = line.split(' ');
  return [name, ranges.map((range) => range.split('-').map((hex) => parseInt(hex, 16)))];
}));

const LOOKALIKES = [...table.keys()].filter((name) => name.startsWith('like-'));

function has(set, char) {
  if (char === undefined) return false;
  const ranges = table.get(set);
  const code = char.codePointAt(0);
  let low = 0;
  let high = ranges.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (ranges[middle].at(-1) < code) low = middle + 1;
    else high = middle;
  }
  return low < ranges.length && ranges[low][0] <= code;
}

/** @returns {string} the name as the server compares it; spaces around it were never meant */
export function normaliseName(text) {
  return String(text).trim().replace(/^#/, '').normalize('NFC');
}

/** @returns {string} what is wrong with `name` for a room, for people; empty if nothing is */
export function whyNotAName(name) {
  if (name === '') return 'Please type a name.';
  if (name === '.' || name === '..') return 'A name cannot be . or .. alone.';
  const characters = [...name];
  if (characters.length > MOST_CHARACTERS) return 'A name has at most 128 characters.';
  if (/\s/u.test(name)) return 'A name has no spaces. Try - or _ instead.';
  if (!characters.every((_, i) => allowed(characters, i)) || name !== name.normalize('NFC')) {
    return 'A name has letters, digits and _ - . : @ only.';
  }
  return '';
}

/** @returns {string} what is wrong with `id` for somebody who chats; empty if nothing is */
export function whyNotAUser(id) {
  if (id === '') return 'Please type a name.';
  if (id === '.' || id === '..') return 'A name cannot be . or .. alone.';
  const characters = [...id];
  if (characters.length > MOST_ID_CHARACTERS) return 'A name has at most 255 characters.';
  if (id.startsWith(' ') || id.endsWith(' ')) return 'A name does not begin or end with a space.';
  if (!characters.every((_, i) => allowedInId(characters, i)) || id !== id.normalize('NFC')) {
    return 'A name has characters that show only.';
  }
  return looksLikeSystem(id) ? 'That name is reserved for the server.' : '';
}

function allowedInId(id, i) {
  return (id[i] >= ' ' && id[i] < '\u007f') || has('signs', id[i]) || letterOrJoiner(id, i);
}

function allowed(name, i) {
  const char = name[i];
  if (letterOrJoiner(name, i) || ANYWHERE.includes(char)) return true;
  if (char === GERESH) return has('letters', name[i - 1]);
  return INSIDE.includes(char) && has('letters', name[i - 1]) && has('letters', name[i + 1]);
}

/** Whether a letter, digit, mark or joiner may stand here, in a name and in an id. */
function letterOrJoiner(name, i) {
  const char = name[i];
  if (has('nonspacing', char)) return i > 0 && fits(name, i);
  if (has('letters', char)) return i > 0 || !has('spacing', char);
  switch (char) {
    case ZWNJ: return has('letters', name[i - 1]) && has('letters', name[i + 1])
      && (has('virama', name[i - 1]) || breaksJoin(name, i));
    case ZWJ: return has('virama', name[i - 1]) || (name[i - 1] === BENGALI_RA && name[i + 1] === BENGALI_VIRAMA);
    default: return false;
  }
}

function fits(name, i) {
  let first = i;
  while (has('nonspacing', name[first - 1])) first -= 1;
  return i - first < MOST_MARKS && (i === first || name[i] !== name[i - 1]);
}

/** RFC 5892, A.1: between letters that would join. */
function breaksJoin(name, i) {
  let before = i - 1;
  while (has('nonspacing', name[before])) before -= 1;
  let after = i + 1;
  while (has('nonspacing', name[after])) after += 1;
  return has('joins-next', name[before]) && has('joins-previous', name[after]);
}

/** Whether people would read a name as `system`: in any case, width, script, and with marks on it. */
function looksLikeSystem(name) {
  const letters = [...name.normalize('NFD')].filter((char) => !isMark(char) && char !== ZWNJ && char !== ZWJ);
  return SYSTEM.test(letters.map(skeletonOf).join(''));
}

const isMark = (char) => has('nonspacing', char) || has('spacing', char);

function skeletonOf(char) {
  const like = LOOKALIKES.find((set) => has(set, char));
  return like ? like.slice('like-'.length) : char;
}
