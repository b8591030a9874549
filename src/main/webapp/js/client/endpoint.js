/**
 * The address of the WebSocket endpoint, seen from where this library was loaded: the server that serves the library
 * serves `ws` beside its `js` folder, whatever the context path is and wherever the page itself lives.
 *
 * @returns {string} such as `wss://example.org/roomcast/ws`
 */
export function defaultEndpoint() {
  const url = new URL('../../ws', import.meta.url);
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    throw new TypeError('Roomcast: not loaded from a server; pass the option url, such as wss://example.org/ws');
  }
  url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
  url.search = '';
  return url.href;
}
