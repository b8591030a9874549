/** Nobody scrolls to the exact end; this near counts as being there. */
const AT_END_PX = 48;

/**
 * Keeps what somebody reads where it is while rows come and go around it; one who is at the end stays at the end.
 * Done by hand, since browsers disagree on scroll anchoring.
 */
export class ScrollKeeper {
  /** Whether the view follows the end. */
  following = true;
  #scroller;
  #rows;
  #resized;

  /**
   * @param {HTMLElement} scroller
   * @param {HTMLElement} rows its element whose children are the rows
   */
  constructor(scroller, rows) {
    this.#scroller = scroller;
    this.#rows = rows;
    this.#resized = new ResizeObserver(() => this.following && this.toEnd());
    this.#resized.observe(scroller);
  }

  get distanceToEnd() {
    const { scrollHeight, scrollTop, clientHeight } = this.#scroller;
    return scrollHeight - scrollTop - clientHeight;
  }

  get distanceToStart() {
    return this.#scroller.scrollTop;
  }

  /** The person scrolled. */
  scrolled() {
    this.following = this.distanceToEnd < AT_END_PX;
  }

  toEnd() {
    this.following = true;
    this.#scroller.scrollTop = this.#scroller.scrollHeight;
  }

  /** Brings a row to the top, a little below the edge. */
  toTop(row) {
    this.#move(row.getBoundingClientRect().top - this.#edge - 24);
  }

  /** @returns {boolean} whether a row begins on the screen or below it */
  isBelowTop(row) {
    return row.getBoundingClientRect().top >= this.#edge;
  }

  /** @returns {number} how far below the top a row ends */
  edgeOf(row) {
    return row.getBoundingClientRect().bottom - this.#edge;
  }

  /** Brings a row to where it ended, see `edgeOf`. */
  restore(row, edge) {
    this.#move(this.edgeOf(row) - edge);
  }

  get #edge() {
    return this.#scroller.getBoundingClientRect().top;
  }

  #move(by) {
    this.#scroller.scrollTop += by;
    this.scrolled();
  }

  /** @returns {HTMLElement|undefined} the first row that matches and is at least partly visible */
  firstVisible(selector) {
    const edge = this.#edge;
    for (const row of this.#rows.children) {
      if (row.matches(selector) && row.getBoundingClientRect().bottom > edge) return row;
    }
    return undefined;
  }

  /**
   * Runs a change of the rows so that what is being read does not move.
   *
   * @param {boolean} stick whether one who follows the end goes with it
   * @param {() => void} change
   */
  during(stick, change) {
    if (stick && this.following) {
      change();
      this.toEnd();
      return;
    }
    // By its lower edge: a row loses the name above it when an earlier message of that sender comes to stand there.
    const anchor = this.firstVisible('.message');
    const edge = anchor?.getBoundingClientRect().bottom;
    change();
    if (!anchor?.isConnected) return;
    const moved = anchor.getBoundingClientRect().bottom - edge;
    // Positions are rounded to pixels: making good for less than one would add up to a drift.
    if (Math.abs(moved) >= 1) this.#scroller.scrollTop += moved;
  }

  stop() {
    this.#resized.disconnect();
  }
}
