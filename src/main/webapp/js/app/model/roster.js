/** As many as a server lists; where more come, the count tells. */
const MOST_NAMES = 1_000;

/** Far quicker than localeCompare, which would look the language up for each pair of names. */
const { compare } = new Intl.Collator();

/** Names are asked for again at most this often when the counts do not agree. */
const REFRESH_AFTER_MS = 3_000;

/**
 * Who is in a room. Follows the presence frames; where those carry a count only (large rooms), or the count tells
 * that something was missed, the whole list is asked for again.
 */
export class Roster {
  count = 0;
  #room;
  #changed;
  /** The users by their ids. */
  #users = new Map();
  /** The users in order; undefined since they last changed. */
  #sorted;
  /** Who came and went while a list is under way, which may have been made before or after; undefined while none is. */
  #meanwhile;
  #wanted = false;
  #timer;

  /**
   * @param {import('../../roomcast.js').Room} room
   * @param {() => void} changed
   */
  constructor(room, changed) {
    this.#room = room;
    this.#changed = changed;
    room.addEventListener('joined', ({ detail }) => {
      // A room may tell nobody who is there, and a user may not see it.
      this.count = detail.members ?? 0;
      if (this.#wanted) this.#refresh();
      changed();
    });
    room.addEventListener('presence', ({ detail }) => this.#follow(detail));
  }

  /** @returns {{id: string, name: string}[]} sorted for people, by name; in very large rooms not everybody */
  get users() {
    return (this.#sorted ??= [...this.#users.values()].sort((a, b) => compare(a.name, b.name) || compare(a.id, b.id)));
  }

  /** Somebody looks: names are worth a request. */
  want() {
    if (this.#wanted) return;
    this.#wanted = true;
    this.#refresh();
  }

  #follow({ joined, renamed, left, count }) {
    this.#meanwhile?.push({ joined, renamed, left });
    this.#apply({ joined, renamed, left });
    if (Number.isFinite(count)) this.count = count;
    const unnamed = joined.length + renamed.length + left.length === 0;
    if (this.#wanted && (unnamed || this.count !== this.#users.size)) this.#refreshSoon();
    this.#changed();
  }

  #apply({ joined, renamed, left }) {
    for (const user of joined) {
      if (this.#users.size < MOST_NAMES || this.#users.has(user.id)) this.#users.set(user.id, user);
    }
    for (const user of renamed) if (this.#users.has(user.id)) this.#users.set(user.id, user);
    for (const { id } of left) this.#users.delete(id);
    this.#sorted = undefined;
  }

  #refreshSoon() {
    // The jitter keeps a whole room from asking in the same moment.
    this.#timer ??= setTimeout(() => this.#refresh(), REFRESH_AFTER_MS * (1 + Math.random()));
  }

  async #refresh() {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const meanwhile = (this.#meanwhile = []);
    try {
      const { count, users } = await this.#room.members();
      this.#users = new Map(users.map((user) => [user.id, user]));
      this.#sorted = undefined;
      for (const change of meanwhile) this.#apply(change);
      // A list of everybody tells the count; a cut one does not.
      this.count = users.length === count ? this.#users.size : count;
      this.#changed();
    } catch {
      // The room was left, or the list comes with the next presence frame.
    } finally {
      if (this.#meanwhile === meanwhile) this.#meanwhile = undefined;
    }
  }
}
