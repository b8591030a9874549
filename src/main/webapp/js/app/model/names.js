/** Names of rooms and users, as docs/protocol.md allows them. */

const NAME = /^[\p{L}\p{N}_\-.:@]{1,128}$/u;
const RESERVED = 'system';

/** @returns {string} the name as the server compares it; spaces around it were never meant */
export function normaliseName(text) {
  return String(text).trim().replace(/^#/, '').normalize('NFC');
}

/** @returns {string} what is wrong with `name`, for people; empty if nothing is */
export function whyNotAName(name) {
  if (name === '') return 'Please type a name.';
  if ([...name].length > 128) return 'A name has at most 128 characters.';
  if (/\s/u.test(name)) return 'A name has no spaces. Try - or _ instead.';
  if (!NAME.test(name)) return 'A name has letters, digits and _ - . : @ only.';
  if (name === RESERVED) return 'That name is reserved for the server.';
  return '';
}
