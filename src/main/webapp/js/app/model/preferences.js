import { StoredValue, asArray, asObject, asText } from './storage.js';
import { whyNotAName, whyNotAUser } from './names.js';

const validNames = (value) => [...new Set(asArray(value).filter((name) => whyNotAName(asText(name)) === ''))];

/** What this browser remembers from one visit to the next. */
export const preferences = {
  user: new StoredValue('localStorage', 'user', (value) => (whyNotAUser(asText(value)) ? '' : value)),
  rooms: new StoredValue('localStorage', 'rooms', validNames),
  /** The rooms that stand side by side, from left to right. */
  panes: new StoredValue('localStorage', 'panes', validNames),
  /** How far each room was read: room → {epoch, offset}. */
  readMarks: new StoredValue('localStorage', 'read', asObject),
  /** What proves who this is, where the server asks for it. For this tab only. */
  token: new StoredValue('sessionStorage', 'token', asText),
  people: new StoredValue('localStorage', 'people', (value) => (typeof value === 'boolean' ? value : undefined)),
  /** What was typed and not sent: room → text. For this tab only. */
  drafts: new StoredValue('sessionStorage', 'drafts', asObject),
  /** What was sent and not stored yet: [{user, room, key, content, at}]. For this tab only. */
  unsent: new StoredValue('sessionStorage', 'unsent', asArray),
};
