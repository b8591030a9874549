import { preferences } from './preferences.js';
import { ownValue } from './storage.js';

/** Reading is remembered this much later, once for all that was read meanwhile. */
const REMEMBER_AFTER_MS = 500;

/** The marks of all rooms, which are stored together. */
const toRemember = new Map();
let timer;

/** How much of one room was not read yet; remembered, so that a reload does not call everything read. */
export class Unread {
  count = 0;
  /** The first unread message, `{epoch, offset}`; stays after reading, so that the line above it does not vanish. */
  from;
  #room;
  #mark;

  constructor(room) {
    this.#room = room;
  }

  /** The room was joined for the first time in this page's life. */
  begin({ epoch, offset }) {
    const mark = ownValue(preferences.readMarks.get(), this.#room);
    if (mark?.epoch !== epoch || !(mark.offset < offset)) {
      if (mark === undefined) this.read({ epoch, offset });
      return;
    }
    this.count = offset - mark.offset;
    this.from = { epoch, offset: mark.offset + 1 };
  }

  arrived({ epoch, offset, own }) {
    if (own) return;
    if (this.count === 0) this.from = { epoch, offset };
    this.count += 1;
  }

  /** @param {{epoch: string, offset: number}} position the newest message that was seen */
  read({ epoch, offset }) {
    this.count = 0;
    if (this.#mark?.epoch === epoch && this.#mark.offset >= offset) return;
    this.#mark = { epoch, offset };
    toRemember.set(this.#room, this.#mark);
    timer ??= setTimeout(remember, REMEMBER_AFTER_MS);
  }

  /** The line above the first unread message has served. */
  forgetLine() {
    if (this.count === 0) this.from = undefined;
  }
}

function remember() {
  timer = undefined;
  preferences.readMarks.set({ ...preferences.readMarks.get(), ...Object.fromEntries(toRemember) });
  toRemember.clear();
}
