import { RoomcastError } from './errors.js';
import { MAX_KEY_LENGTH, MAX_NAME_LENGTH } from './limits.js';
import { utf8Length } from './frames.js';

const isText = (value) => typeof value === 'string';
const isObject = (value) => value !== null && typeof value === 'object' && !Array.isArray(value);
const isEntry = ([name, value]) => name !== '' && name.length <= MAX_NAME_LENGTH && isText(value);

const isKey = (value) => isText(value) && value !== '' && value.length <= MAX_KEY_LENGTH;

/**
 * What a message carries, as it is now: what the caller changes later does not count.
 *
 * @param {string|{content?: string, data?: unknown, meta?: Record<string, string>}} message
 * @param {string} [idempotencyKey] what the caller named the message
 * @returns {{payload: {content?: string, data?: unknown, meta?: object}, bytes: number}} bytes: those of content and
 *     data in UTF-8, as the server counts them
 * @throws {RoomcastError} `bad_request` if the message or its key cannot be sent
 */
export function checkedMessage(message, idempotencyKey) {
  const refused = (text) => new RoomcastError('bad_request', text, { idempotencyKey });
  if (idempotencyKey !== undefined && !isKey(idempotencyKey)) {
    throw refused(`An idempotency key has 1 to ${MAX_KEY_LENGTH} characters.`);
  }
  try {
    return payloadOf(message);
  } catch (error) {
    throw refused(error.message);
  }
}

/** @throws {TypeError} with a text for people, if it is no message */
function payloadOf(message) {
  const { content, data, meta } = isText(message) ? { content: message } : Object(message);
  const isMissing = (value) => value === undefined || value === null;
  if (!isMissing(content) && (!isText(content) || content === '')) {
    throw new TypeError('The content of a message is a text that is not empty.');
  }
  const json = isMissing(data) ? undefined : jsonOf(data);
  if (isMissing(content) && json === undefined) throw new TypeError('A message has content or data.');
  if (!isMissing(meta) && !(isObject(meta) && Object.entries(meta).every(isEntry))) {
    throw new TypeError(`meta is an object of texts, whose names have 1 to ${MAX_NAME_LENGTH} characters.`);
  }
  const payload = {};
  if (!isMissing(content)) payload.content = content;
  if (json !== undefined) payload.data = JSON.parse(json);
  if (!isMissing(meta) && Object.keys(meta).length > 0) payload.meta = { ...meta };
  return { payload, bytes: utf8Length(content ?? '') + utf8Length(json ?? '') };
}

/**
 * @returns {string|undefined} undefined for null, which is no data
 * @throws {TypeError} if JSON has no form for it
 */
function jsonOf(data) {
  let json;
  try {
    json = JSON.stringify(data);
  } catch (error) {
    throw new TypeError(`data is not JSON: ${error.message}`);
  }
  if (json === undefined) throw new TypeError('data is not JSON.');
  return json === 'null' ? undefined : json;
}
