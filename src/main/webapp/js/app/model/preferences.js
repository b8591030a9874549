import { StoredValue, TabValue, asArray, asObject, asText } from './storage.js';
import { whyNotAName, whyNotAUser } from './names.js';

const validNames = (value) => [...new Set(asArray(value).filter((name) => whyNotAName(asText(name)) === ''))];

/** The marks of all users, as they were kept before each had their own. */
const sharedMarks = new StoredValue('localStorage', 'read', asObject);

/** What this browser remembers from one visit to the next. A tab that goes on has its own; a new one gets the last. */
export const preferences = {
  user: new TabValue('user', (value) => (whyNotAUser(asText(value)) ? '' : value)),
  rooms: new TabValue('rooms', validNames),
  /** The rooms that stand side by side, from left to right. */
  panes: new TabValue('panes', validNames),
  /** How far somebody has read each room: room → {epoch, offset}. */
  readMarksOf: (user) => new StoredValue('localStorage', `read.${user}`,
    (value) => (value === undefined ? sharedMarks.get() : asObject(value))),
  /** How the keys of somebody's messages begin; see Signature. */
  signatureOf: (user) => new StoredValue('localStorage', `signature.${user}`, asText),
  /** What proves who this is, where the server asks for it. For this tab only. */
  token: new StoredValue('sessionStorage', 'token', asText),
  people: new StoredValue('localStorage', 'people', (value) => (typeof value === 'boolean' ? value : undefined)),
  /** What was typed and not sent: room → text. For this tab only. */
  drafts: new StoredValue('sessionStorage', 'drafts', asObject),
  /** What was sent and not stored yet: [{user, room, idempotencyKey, content, at}]. For this tab only. */
  unsent: new StoredValue('sessionStorage', 'unsent', asArray),
};
