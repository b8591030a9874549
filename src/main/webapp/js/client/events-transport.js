import { readFrames } from './frames.js';
import { HttpTransport } from './http-transport.js';
import { linesOf } from './lines.js';
import { POLL } from './poll-transport.js';

const encoder = new TextEncoder();

/** Base64 of URLs, of text in UTF-8. */
function base64(text) {
  const bytes = String.fromCharCode(...encoder.encode(text));
  return btoa(bytes).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}

/** The id of the last event, after which the positions in the rooms are these. */
const idOf = (rooms) => Object.entries(rooms)
  .filter(([, since]) => since?.epoch !== undefined)
  .map(([room, { epoch, offset, at = 0 }]) => base64(`${room} ${epoch} ${offset} ${at}`))
  .join('.');

/** An answer without an end: server-sent events. */
const STREAM = {
  isStream: true,

  open(calls, { rooms }, signal) {
    const query = { rooms: Object.keys(rooms).join() };
    if (calls.session !== undefined) query.session = calls.session;
    const id = idOf(rooms);
    const headers = id === '' ? {} : { 'Last-Event-ID': id };
    return calls.call('events', { accept: 'text/event-stream', query, headers, signal });
  },

  /** An event without data, such as a comment, is a sign of life. */
  async* read(response) {
    let data = [];
    for await (const line of linesOf(response)) {
      const text = line.endsWith('\r') ? line.slice(0, -1) : line;
      if (text.startsWith('data:')) data.push(text.slice(text.startsWith('data: ') ? 6 : 5));
      if (text !== '' && !text.startsWith(':')) continue;
      yield readFrames(data.join('\n'));
      if (text === '') data = [];
    }
  },
};

/** A stream has at least one room, and shows its user in all of them. */
const mayStream = (rooms) => {
  const asked = Object.values(rooms);
  return asked.length > 0 && asked.every((since) => since?.presence !== false);
};

/** Frames over plain HTTP as a stream, through proxies that pass on what comes when it comes. */
export class EventsTransport extends HttpTransport {
  constructor(options, events) {
    super(options, events, (rooms) => (mayStream(rooms) ? STREAM : POLL));
  }
}
