import { costOf } from '../excerpt.js';
import { textOf } from './message-data.js';
import { FIRST } from './message-text.js';

/**
 * What may be drawn anew for one frame, in characters of one script: some messages that cost the most, or a page of
 * those that people write.
 */
const PER_FRAME = 10_000;
/** What a row costs besides its text. */
const ROW = 100;

/**
 * The rows that are drawn for the next frame. Many costly messages at once stop nobody from scrolling or writing: they
 * come a few a frame, the newest first.
 *
 * @param {object[]} rows see rows.js
 * @param {(key: string) => boolean} drawn whether a row is there already
 * @returns {object[]} in the same order
 */
export function shareOf(rows, drawn) {
  let left = PER_FRAME;
  const chosen = [...rows].reverse().filter((row) => {
    if (row.kind !== 'message' || drawn(row.key)) return true;
    if (left <= 0) return false;
    left -= ROW + costOf(textOf(row.message), FIRST.characters);
    return true;
  });
  return chosen.reverse();
}
