import { el, isComposing } from './dom.js';

/** The keys of the chat: what they do, how they are written, and when they are pressed. */
export const shortcuts = [
  { keys: 'Enter', text: 'Send the message' },
  { keys: 'Shift Enter', text: 'Begin a new line' },
  { keys: 'Ctrl K', text: 'Join or switch room', action: 'join', when: (e) => command(e) && letter(e, 'k') },
  { keys: '/', text: 'Search messages, from outside the message box', action: 'search', when: (e) => isSlash(e) },
  {
    keys: 'Ctrl Shift F', text: 'Search messages', action: 'search',
    when: (e) => (e.ctrlKey || e.metaKey) && e.shiftKey && !e.altKey && letter(e, 'f'),
  },
  { keys: 'Alt ↓', text: 'Next room', action: 'next', when: (e) => alt(e) && e.key === 'ArrowDown' },
  { keys: 'Alt ↑', text: 'Previous room', action: 'previous', when: (e) => alt(e) && e.key === 'ArrowUp' },
  {
    keys: 'Alt Shift ↓', text: 'Next unread room', action: 'nextUnread',
    when: (e) => altShift(e) && e.key === 'ArrowDown',
  },
  {
    keys: 'Alt Shift ↑', text: 'Previous unread room', action: 'previousUnread',
    when: (e) => altShift(e) && e.key === 'ArrowUp',
  },
  { keys: 'Alt P', text: 'Who is here', action: 'people', when: (e) => alt(e) && letter(e, 'p') },
  { keys: 'PgUp PgDn', text: 'Scroll the messages while writing' },
  { keys: '↑ ↓', text: 'Step through the messages, from one of them' },
  { keys: 'Esc', text: 'Go to the newest message' },
  { keys: 'Ctrl /', text: 'This help', action: 'help', when: (e) => command(e) && e.key === '/' },
];

// AltGr is Ctrl and Alt at once on some systems; it types characters.
const command = (event) => (event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey;
const alt = (event) => event.altKey && !event.ctrlKey && !event.metaKey && !event.shiftKey;
const altShift = (event) => event.altKey && event.shiftKey && !event.ctrlKey && !event.metaKey;
// On some keyboards it takes Shift.
const isSlash = (event) => event.key === '/' && !event.ctrlKey && !event.metaKey && !event.altKey
  && !event.target.closest?.('input, textarea, select');
// With Alt, a Mac types another character; the place of the key on the keyboard tells then.
const letter = (event, wanted) => event.key.toLowerCase() === wanted || event.code === `Key${wanted.toUpperCase()}`;

/** @param {Record<string, () => void>} actions */
export function listenToShortcuts(actions) {
  document.addEventListener('keydown', (event) => {
    if (document.querySelector('dialog[open]') || isComposing(event)) return;
    const shortcut = shortcuts.find(({ when }) => when?.(event));
    if (!shortcut) return;
    event.preventDefault();
    actions[shortcut.action]();
  });
}

/** Fills the help dialog's list. */
export function describeShortcuts(list) {
  list.replaceChildren(...shortcuts.map(({ keys, text }) => el('div', {},
    el('dt', {}, ...keys.split(' ').map((key) => el('kbd', {}, key))),
    el('dd', {}, text))));
}
