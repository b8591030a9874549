import { normaliseName, whyNotAName } from './model/names.js';

/** @returns {string} the room that the page's address names after `#`; empty if none */
export function roomInAddress() {
  let name;
  try {
    name = normaliseName(decodeURIComponent(location.hash.slice(1)));
  } catch {
    return '';
  }
  return whyNotAName(name) ? '' : name;
}

/** @returns {string} the WebSocket endpoint, beside the page; its scripts are below the address of a version */
export function endpoint() {
  const url = new URL('ws', location.href);
  url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
  return url.href;
}

/** Keeps the address and the active room the same, so that links and the Back button work. */
export function followAddress(chat) {
  const show = () => {
    if (chat.active === undefined || chat.active === roomInAddress()) return;
    const hash = `#${encodeURIComponent(chat.active)}`;
    if (location.hash) location.hash = hash;
    else history.replaceState(null, '', hash);
  };
  chat.addEventListener('panes', show);
  window.addEventListener('hashchange', () => {
    const name = roomInAddress();
    if (name && name !== chat.active) chat.open(name);
  });
  show();
}
