import { readFrames } from './frames.js';
import { HttpTransport } from './http-transport.js';
import { linesOf } from './lines.js';

/** An answer without an end: server-sent events. */
const STREAM = {
  isStream: true,

  open(calls, { rooms }, signal) {
    const query = { rooms: Object.keys(rooms).join() };
    if (calls.session !== undefined) query.session = calls.session;
    return calls.call('events', { accept: 'text/event-stream', query, signal });
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

/** Frames over plain HTTP as a stream, through proxies that pass on what comes when it comes. */
export class EventsTransport extends HttpTransport {
  constructor(options, events) {
    super(options, events, STREAM);
  }
}
