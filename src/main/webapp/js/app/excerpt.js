import { kindOf } from './script-turns.js';

/** More marks than these on one letter only paint over the lines above and below. */
const STACKED_MARKS = /(\p{M}{8})\p{M}+/gu;
/** Each direction that is opened inside another costs the browser a level; no text that people read needs so many. */
const DIRECTIONS = /[\u202a-\u202e\u2066-\u2069]/gu;
const MOST_DIRECTIONS = 32;

/** How far back a better place to cut is looked for. */
const WORD = 80;

/** Characters that could be drawn in the time in which a browser goes over to another script. */
const TURN = 24;

/**
 * Where a text is cut so that the part before it is quick to draw: after a line or a word if one ends nearby, and never
 * inside a character.
 *
 * @param {string} text
 * @param {number} from where the part begins
 * @param {{characters: number, lines: number}} most characters: fewer where the script changes often
 * @returns {number} where it ends; the end of the text if all of it fits
 */
export function endOfPart(text, from, { characters, lines }) {
  const { end } = afford(text, from, characters);
  let line = from;
  for (let i = 0; i < lines; i += 1) {
    const next = text.indexOf('\n', line);
    if (next < 0 || next >= end) return cut(text, from, end);
    line = next + 1;
  }
  return line;
}

/**
 * @param {string} text
 * @param {number} most what is drawn of it unasked
 * @returns {number} what that costs, in characters of one script
 */
export const costOf = (text, most) => afford(text, 0, most).cost;

function afford(text, from, characters) {
  let cost = 0;
  let kind;
  let end = from;
  while (end < text.length && cost < characters) {
    const char = String.fromCodePoint(text.codePointAt(end));
    const next = kindOf(char) ?? kind;
    cost += char.length + (kind !== undefined && next !== kind ? TURN : 0);
    kind = next;
    end += char.length;
  }
  return { end, cost };
}

function cut(text, from, end) {
  if (end >= text.length) return text.length;
  for (let i = end; i > end - WORD && i > from; i -= 1) if (/\s/u.test(text[i - 1])) return i;
  return end;
}

/** What is drawn of a part: all but marks that are piled up, and directions beyond counting. */
export function tamed(part) {
  let directions = 0;
  return part
    .replace(STACKED_MARKS, '$1')
    .replace(DIRECTIONS, (direction) => ((directions += 1) > MOST_DIRECTIONS ? '' : direction));
}
