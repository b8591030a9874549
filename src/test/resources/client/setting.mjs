import { afterEach, beforeEach } from 'node:test';
import { Roomcast } from '../../../main/webapp/js/roomcast.js';
import { PlainServer } from './plain-server.mjs';

/** What the tests of this folder have, each anew: a server, a client of it in one room, and what that was told. */
export let server;
export let client;
export let room;
export let heard;
export let events;

beforeEach(async () => {
  server = await PlainServer.start();
  heard = [];
  events = [];
});

afterEach(() => {
  client?.close();
  server.stop();
});

export function enter(options, { since } = {}) {
  client = new Roomcast({ user: 'ann', url: server.url, WebSocket: undefined, backoff: { baseMs: 10, capMs: 50 },
    ...options });
  room = client.join('lobby', { since });
  room.addEventListener('message', ({ detail }) => heard.push(detail.content));
  for (const type of ['transport', 'open', 'waiting', 'closed']) {
    client.addEventListener(type, ({ detail }) => events.push({ type, detail }));
  }
  for (const type of ['joined', 'gap', 'recovered', 'refused', 'delayed']) {
    room.addEventListener(type, ({ detail }) => events.push({ type, detail }));
  }
  return room.whenJoined();
}

/** The events of one type. */
export const told = (type) => events.filter((event) => event.type === type);

export const refuse = (response, status, problem = {}, headers = {}) => {
  response.writeHead(status, { 'Content-Type': 'application/problem+json', ...headers });
  response.end(JSON.stringify(problem));
  return true;
};

/** What was told before counts no more. */
export function forget() {
  events = [];
}
