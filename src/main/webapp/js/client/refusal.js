const ASKED_FOR_MS = 5_000;
/** More is no sentence for people. */
const LONGEST = 300;

/**
 * Why the server refuses every connection of this page. Browsers keep to themselves what answer a handshake got, so the
 * same address is asked in a way whose answer may be read. Only for pages: other programs are told by their library.
 *
 * @param {string} url of the WebSocket
 * @returns {Promise<string|undefined>} what the server says; undefined if it refuses nothing, or cannot be reached
 */
export async function whyRefused(url) {
  if (typeof document === 'undefined' || typeof fetch !== 'function') return undefined;
  try {
    const answer = await fetch(url.replace(/^ws/u, 'http'), {
      method: 'POST', credentials: 'omit', cache: 'no-store', signal: AbortSignal.timeout(ASKED_FOR_MS),
    });
    const isText = answer.headers.get('Content-Type')?.startsWith('text/plain');
    if (answer.status !== 403 || !isText) return undefined;
    return `The server refuses this page: ${(await answer.text()).trim().slice(0, LONGEST)}`;
  } catch {
    return undefined;
  }
}
