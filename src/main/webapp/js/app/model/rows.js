import { dayKey } from '../format.js';

/** Messages of one sender that are closer than this stand together under one name. */
const GROUP_WITHIN_MS = 5 * 60_000;

/**
 * What a message list shows, from top to bottom, as plain values with a `key` that stays the same as long as the row
 * does: `start`, `day`, `gap`, `unread`, `message` and `outgoing`.
 *
 * @param {import('./room-model.js').RoomModel} model
 * @param {{id: string, name: string}} user who looks
 * @returns {object[]}
 */
export function rowsOf({ timeline, outgoing, unread }, user) {
  const rows = [];
  const { entries } = timeline;
  if (timeline.atStart) rows.push({ kind: 'start', key: 'start', whole: (entries[0]?.offset ?? 1) === 1 });
  let previous;
  for (const entry of entries) {
    const gap = gapBetween(previous, entry);
    if (gap) rows.push(gapRow(gap));
    const day = dayKey(entry.at);
    if (!previous || dayKey(previous.at) !== day) rows.push(dayRow(day, entry));
    const line = unread.from?.epoch === entry.epoch && isFirstUnread(unread.from.offset, previous, entry);
    if (line) rows.push({ kind: 'unread', key: 'unread' });
    rows.push({
      kind: 'message',
      key: entry.rowKey ?? `${entry.epoch}:${entry.offset}`,
      message: entry,
      grouped: !gap && !line && follows(previous, entry),
    });
    previous = entry;
  }
  const last = { epoch: timeline.epoch, offset: timeline.newest + 1 };
  const gap = timeline.attached && previous ? gapBetween(previous, last) : undefined;
  if (gap) rows.push(gapRow(gap));
  pushOutgoing(rows, outgoing.messages, user, gap || !timeline.attached ? undefined : previous);
  return rows;
}

function pushOutgoing(rows, messages, user, previous) {
  for (const outgoing of messages) {
    const { content, at, idempotencyKey } = outgoing;
    const message = { sender: user.id, name: user.name, content, at, own: true, idempotencyKey };
    const day = dayKey(message.at);
    if (!previous || dayKey(previous.at) !== day) rows.push(dayRow(day, message));
    rows.push({
      kind: 'message', key: `out:${idempotencyKey}`, message, outgoing, grouped: follows(previous, message),
    });
    previous = message;
  }
}

function gapBetween(before, after) {
  if (!before) return undefined;
  const renumbered = before.epoch !== after.epoch;
  const from = renumbered ? 1 : before.offset + 1;
  if (!renumbered && after.offset === from) return undefined;
  return { epoch: after.epoch, from, to: after.offset - 1, renumbered };
}

function gapRow(gap) {
  return { kind: 'gap', key: `gap:${gap.epoch}:${gap.from}`, ...gap };
}

function dayRow(day, { epoch, offset, idempotencyKey, at }) {
  return { kind: 'day', key: `day:${day}:${epoch ?? idempotencyKey}:${offset ?? ''}`, at };
}

function isFirstUnread(from, previous, { epoch, offset }) {
  return offset >= from && !(previous?.epoch === epoch && previous.offset >= from);
}

function follows(previous, message) {
  return previous?.sender === message.sender
    && previous.name === message.name
    && Boolean(previous.namesake) === Boolean(message.namesake)
    && message.at - previous.at < GROUP_WITHIN_MS
    && dayKey(previous.at) === dayKey(message.at);
}
