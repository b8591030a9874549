import { el } from '../dom.js';
import { tamed } from '../excerpt.js';
import { formatDay, formatExactTime, formatTime } from '../format.js';
import { textOf } from './message-data.js';

/** What is shown of a message: so much before the first word that was found, and so much in all. */
const BEFORE = 60;
const MOST = 240;

/**
 * A message that was found, in the list of a search.
 *
 * @param {object} message with `hits`
 * @param {() => void} onclick
 */
export function foundRow(message, onclick) {
  const { room, name, sender, at } = message;
  const time = el('time', { class: 'time', title: formatExactTime(at) }, `${formatDay(at)}, ${formatTime(at)}`);
  time.dateTime = new Date(at).toISOString();
  return el('li', {}, el('button', { class: 'found', type: 'button', onclick },
    el('span', { class: 'found-head' },
      el('span', { class: 'found-room', dir: 'auto' }, `#${room}`),
      el('span', { class: 'sender', dir: 'auto', title: sender }, name),
      time),
    el('span', { class: 'found-text', dir: 'auto' }, ...excerptOf(message))));
}

/** The words that were found as marks, in text nodes: whatever is in the message, it stays text. */
function excerptOf(message) {
  if (message.content === undefined) return [textOf(message)];
  const { content, hits } = message;
  const start = wholeFrom(content, Math.max(0, (hits[0]?.[0] ?? 0) - BEFORE));
  const end = wholeFrom(content, Math.min(content.length, start + MOST));
  const parts = start > 0 ? ['…'] : [];
  let shown = start;
  for (const [from, to] of hits) {
    if (from < shown || to > end || to <= from) continue;
    parts.push(tamed(content.slice(shown, from)), el('mark', {}, tamed(content.slice(from, to))));
    shown = to;
  }
  parts.push(tamed(content.slice(shown, end)));
  if (end < content.length) parts.push('…');
  return parts;
}

/** Not in the middle of a character. */
function wholeFrom(text, index) {
  const code = text.charCodeAt(index);
  return index > 0 && code >= 0xdc00 && code < 0xe000 ? index - 1 : index;
}
