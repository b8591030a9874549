/** More marks than these on one letter only paint over the lines above and below. */
const STACKED_MARKS = /(\p{M}{8})\p{M}+/gu;
/** Each direction that is opened inside another costs the browser a level; no text that people read needs so many. */
const DIRECTIONS = /[\u202a-\u202e\u2066-\u2069]/gu;
const MOST_DIRECTIONS = 32;

/** How far back a better place to cut is looked for. */
const WORD = 80;

/**
 * Where a text is cut so that the part before it is quick to draw: after a line or a word if one ends nearby, and never
 * inside a character.
 *
 * @param {string} text
 * @param {number} from where the part begins
 * @param {{characters: number, lines: number}} most
 * @returns {number} where it ends; the end of the text if all of it fits
 */
export function endOfPart(text, from, { characters, lines }) {
  let end = from;
  for (let line = 0; line < lines; line += 1) {
    const next = text.indexOf('\n', end);
    if (next < 0 || next >= from + characters) return cut(text, from, characters);
    end = next + 1;
  }
  return end;
}

function cut(text, from, characters) {
  const end = from + characters;
  if (end >= text.length) return text.length;
  for (let i = end; i > end - WORD && i > from; i -= 1) if (/\s/u.test(text[i - 1])) return i;
  return isLowSurrogate(text.charCodeAt(end)) ? end - 1 : end;
}

const isLowSurrogate = (code) => code >= 0xdc00 && code <= 0xdfff;

/** What is drawn of a part: all but marks that are piled up, and directions beyond counting. */
export function tamed(part) {
  let directions = 0;
  return part
    .replace(STACKED_MARKS, '$1')
    .replace(DIRECTIONS, (direction) => ((directions += 1) > MOST_DIRECTIONS ? '' : direction));
}
