const TEXTS = {
  bad_request: 'The server did not understand this. A message may hold text, line breaks and tabs only.',
  too_large: 'This message is too long.',
  not_joined: 'You are not in this room any more.',
  forbidden: 'You are not allowed to do that here.',
  unauthenticated: 'The server wants to know who you are first.',
  rate_limited: 'You are sending too fast; it will be sent in a moment.',
  busy: 'The server is busy; it will be sent in a moment.',
  unavailable: 'The server cannot store messages right now; it will be sent as soon as it can.',
  renumbered: 'The messages of this room begin anew. Older ones are not available any more.',
  room_full: 'This room is full.',
  too_many_rooms: 'You are in as many rooms as the server allows. Leave one first.',
  timeout: 'The server did not answer in time.',
  outbox_full: 'Too many messages are waiting to be sent.',
  outcome_unknown: 'This message may or may not have arrived. Look for it before you send it again.',
  closed: 'The connection was closed before this was sent.',
};

/**
 * @param {{code?: string, message?: string}} error
 * @returns {string} what to tell people
 */
export function errorText(error) {
  return (Object.hasOwn(TEXTS, error?.code) ? TEXTS[error.code] : error?.message) ?? 'Something went wrong.';
}
