import { dayKey, renewFormats } from './format.js';

/** Clocks are set and computers travel and sleep: this often it is looked whether day and zone are still the same. */
const LOOK_EVERY_MS = 60_000;

const zoneNow = () => new Intl.DateTimeFormat().resolvedOptions().timeZone;
const nowKey = () => `${dayKey(Date.now())} ${zoneNow()}`;

/** Dispatches `change` when today is another day, or this computer is in another time zone. */
export const calendar = new EventTarget();

let known = nowKey();
let timer;

function look() {
  clearTimeout(timer);
  const now = new Date();
  const midnight = new Date(now.getFullYear(), now.getMonth(), now.getDate() + 1);
  timer = setTimeout(look, Math.min(LOOK_EVERY_MS, midnight - now + 1));
  if (known === nowKey()) return;
  known = nowKey();
  renewFormats();
  calendar.dispatchEvent(new Event('change'));
}

document.addEventListener('visibilitychange', look);
look();
