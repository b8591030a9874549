/**
 * Makes the children of a container show `rows`, touching only what changed: a row keeps its element as long as it
 * keeps its key, so that focus, selection and screen readers are not disturbed.
 */
export class Reconciler {
  #container;
  #create;
  #update;
  #nodes = new Map();

  /**
   * @param {HTMLElement} container
   * @param {{create: (row: object) => HTMLElement, update: (node: HTMLElement, row: object) => void}} view
   */
  constructor(container, { create, update }) {
    this.#container = container;
    this.#create = create;
    this.#update = update;
  }

  /** @returns {boolean} whether there is an element for a row of this key */
  has(key) {
    return this.#nodes.has(key);
  }

  /** @returns {HTMLElement|undefined} the element of the row of this key */
  node(key) {
    return this.#nodes.get(key);
  }

  /** @param {{key: string}[]} rows from first to last; keys are unique */
  show(rows) {
    const keys = new Set(rows.map(({ key }) => key));
    for (const [key, node] of this.#nodes) {
      if (keys.has(key)) continue;
      node.remove();
      this.#nodes.delete(key);
    }
    let next = this.#container.firstElementChild;
    for (const row of rows) {
      const node = this.#nodeFor(row);
      if (node === next) next = next.nextElementSibling;
      else this.#container.insertBefore(node, next);
    }
  }

  #nodeFor(row) {
    const known = this.#nodes.get(row.key);
    if (known) {
      this.#update(known, row);
      return known;
    }
    const node = this.#create(row);
    this.#nodes.set(row.key, node);
    return node;
  }
}
