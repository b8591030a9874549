/**
 * What the frames of a server must hold for this library to go by them. A frame that does not is left out as a whole:
 * a place that is no number, or a time that is none, would put everything after it in disorder.
 */

const isText = (value) => typeof value === 'string';
const isPlace = (value) => Number.isSafeInteger(value) && value >= 0;
/** May be missing. */
const isCount = (value) => value === undefined || isPlace(value);
const isPosition = (value) => isText(value?.epoch) && isPlace(value.offset);
const isPositionList = (value) => Array.isArray(value) && value.every(isPosition);
/** May be missing. */
const isFlag = (value) => value === undefined || typeof value === 'boolean';
const isTextList = (value) => Array.isArray(value) && value.every(isText);
const isTexts = (value) => value !== null && typeof value === 'object' && isTextList(Object.values(value));
/** May be missing: then the id is shown. */
const isName = (value) => value === undefined || isText(value);
const isUser = (value) => value !== null && typeof value === 'object' && isText(value.id) && isName(value.name);
const isUserList = (value) => Array.isArray(value) && value.every(isUser);
/** As far as a Date goes. */
const isTime = (value) => Number.isFinite(value) && Math.abs(value) <= 8.64e15;

const isMessage = (value) => value !== null && typeof value === 'object'
  && isPlace(value.offset) && isText(value.sender) && isName(value.name) && isTime(value.at)
  && (value.content === undefined ? value.data !== undefined : isText(value.content))
  && (value.meta === undefined || isTexts(value.meta))
  && (value.idempotencyKey === undefined || isText(value.idempotencyKey));

const isHit = (value) => Array.isArray(value) && value.length === 2 && value.every(isPlace);
const isFound = (value) => isMessage(value) && isText(value.room) && isText(value.epoch)
  && Array.isArray(value.hits) && value.hits.every(isHit);

/** Types that are not here are passed on: nothing is calculated with what they hold. */
const SHAPES = new Map(Object.entries({
  welcome: ({ user, name, session, resume }) =>
    isText(user) && isName(name) && [session, resume].every((id) => id === undefined || isText(id)),
  joined: ({ room, name, epoch, offset, at, members, revision }) =>
    isText(room) && isName(name) && isText(epoch) && isPlace(offset) && [at, members, revision].every(isCount),
  message: (frame) => isText(frame.room) && isMessage(frame),
  behind: ({ room, epoch, from, offset, at }) =>
    isText(room) && isText(epoch) && isPlace(from) && isPlace(offset) && isCount(at),
  presence: ({ room, joined = [], renamed = [], left = [], count, revision }) =>
    isText(room) && [joined, renamed, left].every(isUserList) && isCount(count) && isCount(revision),
  signal: ({ room, sender, name, signal }) =>
    isText(room) && isText(sender) && isName(name) && isText(signal),
  ack: ({ epoch, offset, first, count, positions, error }) => isText(epoch) && isPlace(offset) && isCount(first)
    && isCount(count) && (positions === undefined || isPositionList(positions))
    && (error === undefined || isText(error?.code)),
  history: ({ epoch, messages, more }) => isText(epoch) && Array.isArray(messages) && messages.every(isMessage)
    && isFlag(more),
  results: ({ messages, more, cursor }) => Array.isArray(messages) && messages.every(isFound) && isFlag(more)
    && isName(cursor),
  removed: ({ count }) => isPlace(count),
  closed: ({ code, reason }) => isPlace(code) && isName(reason),
  members: ({ count, users }) => isPlace(count) && isUserList(users),
}));

/** @returns {boolean} whether a frame holds what its type must hold */
export function hasShape(frame) {
  const shape = SHAPES.get(frame.type);
  return shape === undefined || shape(frame);
}
