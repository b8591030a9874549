import { el } from '../dom.js';
import { countOf, formatDay } from '../format.js';

/** The rows of a message list that are not messages: key → how to make and refresh one. */
const kinds = {
  day: {
    create: () => el('div', { class: 'day', role: 'separator' }, el('span')),
    update: (node, { at }) => {
      node.firstChild.textContent = formatDay(at);
      // What is in a separator is not read, but how it is called.
      node.setAttribute('aria-label', formatDay(at));
    },
  },
  unread: {
    create: () =>
      el('div', { class: 'unread-line', role: 'separator', 'aria-label': 'New messages' }, el('span', {}, 'New')),
    update: () => {},
  },
  start: {
    create: () => el('p', { class: 'start' }),
    update: (node, { whole }, { name }) => {
      node.textContent = whole ? `This is where #${name} begins.` : 'Earlier messages are no longer kept.';
    },
  },
  gap: {
    create: () => el('p', { class: 'gap' }),
    update: (node, row) => { node.textContent = gapText(row, row.to - row.from + 1); },
  },
};

function gapText({ renumbered }, count) {
  if (renumbered && count === 0) return 'The room began anew here.';
  if (renumbered) return 'The room began anew. Messages may be missing here.';
  return `${countOf(count, 'message is', 'messages are')} no longer kept.`;
}

/** @param {import('../model/room-model.js').RoomModel} model */
export function createSeparator(row, model) {
  const node = kinds[row.kind].create(row, model);
  updateSeparator(node, row, model);
  return node;
}

export function updateSeparator(node, row, model) {
  kinds[row.kind].update(node, row, model);
}
