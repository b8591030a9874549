/** What a WebSocket close code says about coming back. See "Closing" in docs/protocol.md. */

/** The code browsers report for a connection that ended without a Close frame. */
export const ABNORMAL = 1006;

const STAY_AWAY = new Set([1002, 1007, 1008, 1009]);
export const NODE_FULL = 1013;
export const NORMAL = 1000;
export const DRAINING = 4001;
export const TOKEN_EXPIRED = 4004;
export const TOKEN_REFUSED = 4501;

/** @returns {boolean} whether a client that was closed with `code` should connect again */
export function mayReturn(code) {
  return !STAY_AWAY.has(code) && !(code >= 4500 && code <= 4999);
}

/** @returns {boolean} whether the server closed because it has no place, so that haste would only hurt */
export function isNodeFull(code) {
  return code === NODE_FULL;
}

/** @returns {string} why the connection ended, for people */
export function describe(code, reason) {
  if (reason) return reason;
  switch (code) {
    case 1001: return 'The server went away.';
    case 1002: return 'The server received what is no WebSocket frame.';
    case 1007: return 'The server received text that is not UTF-8.';
    case 1008: return 'The server refused this connection.';
    case 1009: return 'A frame was larger than the server allows.';
    case 1011: return 'The server had an internal error.';
    case 1013: return 'The server is full.';
    case 4000: return 'This client read too slowly.';
    case 4001: return 'The server is being restarted.';
    case 4002: return 'The server did not hear a hello in time.';
    case 4003: return 'The server did not hear from this client.';
    case 4004: return 'The token has expired.';
    case 4005: return 'This client did not end a message in time.';
    case 4500: return 'An administrator or moderator ended this connection.';
    case 4501: return 'The token was refused.';
    case 4502: return 'The server saw a protocol violation.';
    default: return 'The connection was lost.';
  }
}
