import { readFrames } from './frames.js';
import { HttpTransport } from './http-transport.js';
import { linesOf } from './lines.js';

const NDJSON = 'application/x-ndjson';

/** A request that the server answers when something has come, or when the time is over. */
export const POLL = {
  isStream: false,

  open(calls, { rooms, waitMs }, signal) {
    const body = JSON.stringify({ rooms, waitMs, session: calls.session });
    return calls.call('poll', { body, type: 'application/json', accept: NDJSON, signal });
  },

  async* read(response) {
    for await (const line of linesOf(response)) yield readFrames(line);
  },
};

/** Frames over plain HTTP, through any proxy. */
export class PollTransport extends HttpTransport {
  constructor(options, events) {
    super(options, events, () => POLL);
  }
}
