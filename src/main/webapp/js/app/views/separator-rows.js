import { el } from '../dom.js';
import { countOf, formatDay } from '../format.js';

/** The rows of a message list that are not messages: key → how to make and refresh one. */
const kinds = {
  day: {
    create: () => el('div', { class: 'day', role: 'separator' }, el('span')),
    update: (node, { at }) => { node.firstChild.textContent = formatDay(at); },
  },
  unread: {
    create: () => el('div', { class: 'unread-line', role: 'separator' }, el('span', {}, 'New')),
    update: () => {},
  },
  start: {
    create: () => el('p', { class: 'start' }),
    update: (node, { whole }, { name }) => {
      node.textContent = whole ? `This is where #${name} begins.` : 'Earlier messages are no longer kept.';
    },
  },
  gap: { create: createGap, update: updateGap },
};

function createGap(row, model) {
  const node = el('div', { class: 'gap', role: 'separator' },
    el('span', { class: 'gap-text' }),
    el('button', { class: 'button small', type: 'button', onclick: () => model.loadGap(node.gap) }));
  return node;
}

function updateGap(node, row) {
  const [text, button] = node.children;
  const count = row.to - row.from + 1;
  node.gap = row;
  node.classList.toggle('gone', row.gone);
  text.textContent = gapText(row, count);
  button.hidden = row.gone || count === 0;
  button.disabled = row.loading;
  button.textContent = row.loading ? 'Loading…' : 'Load what is left';
}

function gapText({ renumbered, gone, failed }, count) {
  if (failed) return 'These messages could not be loaded.';
  if (renumbered && count === 0) return 'The room began anew here.';
  if (renumbered) return 'The room began anew. Messages may be missing here.';
  return gone
    ? `${countOf(count, 'message is', 'messages are')} no longer kept.`
    : `${countOf(count, 'message was', 'messages were')} missed here.`;
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
