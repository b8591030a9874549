const plain = new Intl.NumberFormat();

/** They know the time zone in which they were made. */
let formats = newFormats();

function newFormats() {
  return {
    time: new Intl.DateTimeFormat(undefined, { timeStyle: 'short' }),
    exact: new Intl.DateTimeFormat(undefined, { dateStyle: 'full', timeStyle: 'medium' }),
    day: new Intl.DateTimeFormat(undefined, { weekday: 'long', day: 'numeric', month: 'long' }),
    dayWithYear: new Intl.DateTimeFormat(undefined, { dateStyle: 'full' }),
  };
}

/** This computer is in another time zone. */
export function renewFormats() {
  formats = newFormats();
}

export const formatTime = (at) => formats.time.format(at);
export const formatExactTime = (at) => formats.exact.format(at);
export const formatCount = (count) => plain.format(count);

/** @returns {string} "1 message", "1,204 messages" */
export function countOf(count, one, many = `${one}s`) {
  return `${formatCount(count)} ${count === 1 ? one : many}`;
}

/** @returns {string} the same for two times of one local day */
export function dayKey(at) {
  const date = new Date(at);
  return `${date.getFullYear()}-${date.getMonth() + 1}-${date.getDate()}`;
}

/** @returns {string} "Today", "Yesterday" or the date */
export function formatDay(at, now = Date.now()) {
  if (dayKey(at) === dayKey(now)) return 'Today';
  const yesterday = new Date(now);
  yesterday.setDate(yesterday.getDate() - 1);
  if (dayKey(at) === dayKey(yesterday)) return 'Yesterday';
  return (new Date(at).getFullYear() === new Date(now).getFullYear() ? formats.day : formats.dayWithYear).format(at);
}

/** @returns {string} "ann", "ann and bob", "ann, bob and 3 others" */
export function listOf(names) {
  if (names.length < 3) return names.join(' and ');
  return `${names[0]}, ${names[1]} and ${countOf(names.length - 2, 'other')}`;
}
