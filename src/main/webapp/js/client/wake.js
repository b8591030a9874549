/**
 * Calls back at moments when the network has probably changed. These events are only hints: `navigator.onLine` is
 * false on a laptop without Wi-Fi that talks to its own localhost, so nothing here ever forbids an attempt.
 */
export class Wake {
  #stop = new AbortController();

  /**
   * @param {{back: () => void, gone: () => void, online: () => void, left: () => void}} hints `back`: try now what
   *     waits; `gone`: doubt what seems to work; `online`: there may be another network; `left`: the page is going
   */
  constructor({ back, gone, online, left }) {
    const { signal } = this.#stop;
    if (typeof globalThis.addEventListener !== 'function') return;
    globalThis.addEventListener('online', () => { back(); online(); }, { signal });
    globalThis.addEventListener('offline', gone, { signal });
    globalThis.addEventListener('pagehide', left, { signal });
    // A page that the browser kept frozen comes back with sockets that died long ago.
    globalThis.addEventListener('pageshow', (event) => event.persisted && back(), { signal });
    globalThis.document?.addEventListener('visibilitychange', () => {
      if (document.visibilityState === 'visible') back();
    }, { signal });
  }

  stop() {
    this.#stop.abort();
  }
}
