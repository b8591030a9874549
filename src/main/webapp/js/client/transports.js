import { EventsTransport } from './events-transport.js';
import { PollTransport } from './poll-transport.js';
import { WebSocketTransport } from './websocket-transport.js';

const TRANSPORTS = { websocket: WebSocketTransport, sse: EventsTransport, poll: PollTransport };

/** What applications may ask for. */
export const TRANSPORT_OPTIONS = ['auto', ...Object.keys(TRANSPORTS)];

/**
 * @param {string} name
 * @param {object} options of any of them
 * @param {import('./link.js').TransportEvents} events
 */
export function openTransport(name, options, events) {
  return new TRANSPORTS[name](options, events);
}
