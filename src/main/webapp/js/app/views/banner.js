const RETURNED_FOR_MS = 6_000;

/** What is wrong with the connection, and what happened when it came back. */
export class Banner {
  #client;
  #status;
  #element;
  #retry;
  #dismiss;
  #ticker;
  #hider;

  /**
   * @param {import('../../roomcast.js').Roomcast} client
   * @param {import('../model/connection-status.js').ConnectionStatus} status
   * @param {HTMLElement} element
   */
  constructor(client, status, element) {
    this.#client = client;
    this.#status = status;
    this.#element = element;
    this.#retry = element.querySelector('[data-action=retry]');
    this.#dismiss = element.querySelector('[data-action=dismiss]');
    this.#retry.addEventListener('click', () => (status.kind === 'closed' ? client.connect() : client.retryNow()));
    this.#dismiss.addEventListener('click', () => status.dismiss());
    status.addEventListener('change', () => this.#show());
    this.#show();
  }

  #show() {
    const { kind, text, complete } = this.#status;
    clearInterval(this.#ticker);
    clearTimeout(this.#hider);
    this.#element.hidden = kind === 'quiet';
    this.#element.dataset.kind = kind;
    this.#element.classList.toggle('incomplete', complete === false);
    this.#element.querySelector('.banner-text').textContent = kind === 'waiting' ? `${text} Reconnecting.` : text;
    this.#retry.hidden = kind !== 'waiting' && kind !== 'closed';
    this.#retry.textContent = kind === 'closed' ? 'Connect again' : 'Try now';
    this.#dismiss.hidden = kind !== 'returned';
    this.#countDown();
    if (kind === 'waiting') this.#ticker = setInterval(() => this.#countDown(), 1_000);
    // A sentence about a gap stays until it was read.
    if (kind === 'returned' && complete) this.#hider = setTimeout(() => this.#status.dismiss(), RETURNED_FOR_MS);
  }

  #countDown() {
    const seconds = Math.ceil((this.#status.retryAt - performance.now()) / 1_000);
    const waiting = this.#status.kind === 'waiting' && seconds > 0;
    this.#element.querySelector('.banner-countdown').textContent = waiting ? `Next try in ${seconds} s` : '';
  }
}
