// The client library over polls, in Node.js, before a server of this program. Run with: node --test
import assert from 'node:assert/strict';
import { afterEach, beforeEach, test } from 'node:test';
import { lifetimeOf } from '../../../main/webapp/js/client/token-lifetime.js';
import { Roomcast } from '../../../main/webapp/js/roomcast.js';
import { PlainServer, until } from './plain-server.mjs';

let server;
let client;
let room;
let heard;
let events;

beforeEach(async () => {
  server = await PlainServer.start();
  heard = [];
  events = [];
});

afterEach(() => {
  client?.close();
  server.stop();
});

function enter(options) {
  client = new Roomcast({ user: 'ann', url: server.url, WebSocket: undefined, backoff: { baseMs: 10, capMs: 50 },
    ...options });
  room = client.join('lobby');
  room.addEventListener('message', ({ detail }) => heard.push(detail.content));
  for (const type of ['transport', 'open', 'waiting', 'closed']) {
    client.addEventListener(type, ({ detail }) => events.push({ type, detail }));
  }
  for (const type of ['joined', 'gap', 'recovered', 'refused', 'delayed']) {
    room.addEventListener(type, ({ detail }) => events.push({ type, detail }));
  }
  return room.whenJoined();
}

const told = (type) => events.filter((event) => event.type === type);

const refuse = (response, status, problem = {}, headers = {}) => {
  response.writeHead(status, { 'Content-Type': 'application/problem+json', ...headers });
  response.end(JSON.stringify(problem));
  return true;
};

test('what is said is heard, where the platform has no WebSocket', async () => {
  await enter();
  assert.equal(client.transport, 'poll');
  assert.deepEqual(told('transport').map(({ detail }) => detail.transport), ['poll']);
  assert.equal((await room.publish('a')).offset, 1);
  server.say('b');
  await until(() => heard.length === 2);
  assert.deepEqual(heard, ['a', 'b']);
  assert.equal(server.sends[0].headers['roomcast-session'], 'signed 1');
  assert.equal(server.sends[0].user, 'ann');
  assert.equal((await room.members()).count, 1);
  assert.deepEqual(told('waiting'), []);
});

test('an application may ask for polls alone, and for nothing else that does not exist', async () => {
  class Untouched { constructor() { throw new Error('not asked for'); } }
  await enter({ transport: 'poll', WebSocket: Untouched });
  assert.equal(client.transport, 'poll');
  assert.throws(() => new Roomcast({ url: server.url, transport: 'pigeon' }), TypeError);
  assert.throws(() => new Roomcast({ url: 'ws://127.0.0.1:1/elsewhere', transport: 'poll' }), TypeError);
});

test('an answer that breaks off loses nothing and repeats nothing', async () => {
  await enter();
  let cut = 0;
  server.intercept = ({ path, body }, response) => {
    const lines = path.endsWith('/poll') ? server.answer(body.rooms) : [];
    if (lines.length < 2 || cut === 3) return false;
    cut += 1;
    const text = lines.map((line) => `${JSON.stringify(line)}\n`).join('');
    response.writeHead(200, { 'Content-Length': text.length + 1, 'Content-Type': 'application/x-ndjson' });
    // All but the last message, of which the end is missing.
    response.write(text.slice(0, -5));
    setTimeout(() => response.destroy(), 20);
    return true;
  };
  for (const text of ['a', 'b', 'c', 'd']) server.say(text);
  await until(() => heard.length === 4);
  assert.deepEqual(heard, ['a', 'b', 'c', 'd']);
  assert.equal(cut > 0, true);
  assert.deepEqual(told('waiting'), []);
});

test('rooms that are joined together are asked for together, and a later one does not wait', async () => {
  await enter();
  await until(() => server.polls.at(-1).body.waitMs > 0);
  const before = server.polls.length;
  const rooms = ['a', 'b', 'c'].map((name) => client.join(name, { presence: name !== 'b' }));
  await Promise.all(rooms.map((each) => each.whenJoined()));
  const asked = server.polls[before].body;
  assert.deepEqual(Object.keys(asked.rooms), ['lobby', 'a', 'b', 'c']);
  assert.equal(asked.waitMs, 0);
  assert.deepEqual([asked.rooms.a, asked.rooms.b], [null, { presence: false }]);
  await rooms[0].leave();
  await until(() => server.polls.at(-1).body.waitMs > 0);
  assert.deepEqual(Object.keys(server.polls.at(-1).body.rooms), ['lobby', 'b', 'c']);
});

test('a publish whose answer is lost is sent again with its key', async () => {
  await enter();
  let lost = 0;
  server.intercept = ({ path, body }, response) => {
    if (!path.endsWith('/send') || lost > 0) return false;
    lost += 1;
    body.forEach((frame) => server.reply(frame));
    response.destroy();
    return true;
  };
  assert.equal((await room.publish('only once')).offset, 1);
  await until(() => heard.length === 1);
  assert.deepEqual(server.log.map(({ content }) => content), ['only once']);
});

test('a server that takes less in one request gets less', async () => {
  await enter();
  let refused = 0;
  server.intercept = ({ path, body, text }, response) => {
    if (!path.endsWith('/send')) return false;
    const isTooMuch = body.length > 3 || text.length > 65_536;
    refused += isTooMuch;
    return isTooMuch && refuse(response, 413, { code: 'too_large', detail: 'no' });
  };
  const rooms = Array.from({ length: 20 }, (_, index) => client.publish(`room ${index}`, 'x'.repeat(900)));
  const stored = await Promise.all(rooms);
  assert.equal(stored.length, 20);
  assert.equal(refused > 0, true);
});

test('a send that ends early is repeated where it was not answered, and a close ends all', async () => {
  await enter();
  let isFirst = true;
  server.intercept = ({ path, body }, response) => {
    if (!path.endsWith('/send') || !isFirst) return false;
    isFirst = false;
    response.end(`${JSON.stringify(server.reply(body[1]))}\n`);
    return true;
  };
  const [a, b] = await Promise.all([client.publish('one', 'a'), client.publish('two', 'b')]);
  assert.deepEqual([a.offset, b.offset], [2, 1]);
  server.intercept = ({ path }, response) => {
    if (path.endsWith('/send')) response.end('{"type":"closed","code":4500,"reason":"out"}\n');
    return path.endsWith('/send');
  };
  room.publish('c').catch(() => {});
  await until(() => told('closed').length === 1);
  assert.deepEqual([told('closed')[0].detail.code, told('closed')[0].detail.reason], [4500, 'out']);
});

test('a session that no node knows is followed by another one', async () => {
  await enter();
  server.intercept = ({ path, body, headers }, response) => {
    const session = path.endsWith('/poll') ? body.session : headers['roomcast-session'];
    return session === 'signed 1' && refuse(response, 401, { code: 'session_invalid', detail: 'no' });
  };
  assert.equal((await room.publish('hi')).offset, 1);
  await until(() => heard.length === 1);
  assert.equal(client.session, 's2');
  assert.deepEqual(told('waiting'), []);
});

test('a poll and a send that are refused for one session are followed by one other', async () => {
  await enter();
  await until(() => server.polls.at(-1).body.waitMs > 0);
  // Both are on their way before one is answered. In whichever order that is, the second one speaks of an old session.
  for (const order of [['poll', 'send'], ['send', 'poll']]) {
    const { session } = client;
    const polls = server.polls.length;
    const held = {};
    server.intercept = ({ path, body, headers }, response) => {
      const name = path.slice('/app/http/'.length);
      const named = name === 'poll' ? body.session : headers['roomcast-session'];
      if (named !== `signed ${session.slice(1)}`) return false;
      held[name] = () => refuse(response, 401, { code: 'session_invalid', detail: 'no' });
      return true;
    };
    client.join(`another ${order[0]}`);
    await until(() => server.polls.length > polls);
    const published = room.publish(order[0]);
    await until(() => held.poll && held.send, order[0]);
    held[order[0]]();
    if (order[0] === 'poll') await until(() => client.session !== session);
    held[order[1]]();
    await published;
    await until(() => heard.at(-1) === order[0]);
  }
  assert.deepEqual([client.session, told('waiting')], ['s3', []]);
});

test('a new epoch is told as a gap', async () => {
  await enter();
  server.say('a');
  await until(() => heard.length === 1);
  server.epoch = 'e2';
  server.log = [];
  server.say('b');
  await until(() => told('gap').length === 1);
  const { from, to, renumbered } = told('gap')[0].detail;
  assert.deepEqual([from, to, renumbered], [1, 1, true]);
  server.say('c');
  await until(() => heard.length === 2);
  assert.deepEqual(heard, ['a', 'c']);
  assert.deepEqual(told('joined').map(({ detail }) => detail.returned), [false, true]);
});

test('who came between two polls is asked for', async () => {
  await enter();
  const presence = [];
  room.addEventListener('presence', ({ detail }) => presence.push(detail));
  await until(() => server.polls.at(-1).body.waitMs > 0);
  server.say('a');
  await until(() => heard.length === 1);
  assert.deepEqual(presence, []);
  server.members = 2;
  server.say('b');
  await until(() => heard.length === 2);
  assert.deepEqual(presence.map(({ joined, left, count }) => ({ joined, left, count })),
    [{ joined: [], left: [], count: 2 }]);
  assert.equal(room.count, 2);
});

test('messages that were missed come as such, and are counted', async () => {
  await enter();
  const position = { ...room.position };
  client.close();
  for (const text of ['a', 'b']) server.say(text);
  events = [];
  client = new Roomcast({ user: 'ann', url: server.url, WebSocket: undefined });
  room = client.join('lobby', { since: position });
  const replayed = [];
  room.addEventListener('message', ({ detail }) => replayed.push(detail.replayed));
  room.addEventListener('recovered', ({ detail }) => events.push({ type: 'recovered', detail }));
  await until(() => told('recovered').length === 1);
  assert.equal(told('recovered')[0].detail.count, 2);
  assert.deepEqual(replayed, [true, true]);
});

test('a server that asks for patience is given it', async () => {
  await enter();
  let refusedAt;
  server.intercept = ({ path }, response) => {
    if (!path.endsWith('/poll') || refusedAt !== undefined) return false;
    refusedAt = performance.now();
    return refuse(response, 503, { code: 'unavailable', retryAfterMs: 700 });
  };
  server.say('a');
  await until(() => server.polls.length > 1 && refusedAt !== undefined && server.polls.at(-1).at > refusedAt + 600);
  const next = server.polls.find(({ at }) => at > refusedAt);
  assert.equal(next.at - refusedAt >= 690, true, `${next.at - refusedAt}`);
  await until(() => heard.length === 1);
});

test('a server that asks for a longer pause than this tries for is not returned to before', async () => {
  await enter();
  server.intercept = (asked, response) => refuse(response, 503, {}, { 'Retry-After': '30' });
  server.say('a');
  await until(() => told('waiting').length > 0);
  assert.equal(told('waiting')[0].detail.delayMs >= 30_000, true, `${told('waiting')[0].detail.delayMs} ms`);
});

test('who is told to come later by something before the server comes later', async () => {
  for (const later of ['30', new Date(Date.now() + 32_000).toUTCString()]) {
    events = [];
    server.intercept = (asked, response) => {
      response.writeHead(429, { 'Content-Type': 'text/plain', 'Retry-After': later });
      return response.end('later');
    };
    enter().catch(() => {});
    await until(() => told('waiting').length > 0);
    assert.equal(told('waiting')[0].detail.delayMs >= 30_000, true, `${later}: ${told('waiting')[0].detail.delayMs} ms`);
    client.close();
  }
});

test('answers that come too early are no reason to ask all the time', async () => {
  await enter();
  await until(() => server.polls.at(-1).body.waitMs > 0);
  server.intercept = ({ path, body }, response) => {
    if (!path.endsWith('/poll')) return false;
    response.end(server.answer(body.rooms).map((line) => `${JSON.stringify(line)}\n`).join(''));
    return true;
  };
  server.say('a');
  const before = server.polls.length;
  await new Promise((resolve) => setTimeout(resolve, 1_500));
  assert.equal(server.polls.length - before < 25, true, `${server.polls.length - before} polls`);
  assert.deepEqual(heard, ['a']);
});

/** What something on the way answers for every address, at once. */
const PAGES = ['', '\n\n<html>Sign in</html>', '{"error":"sign in"}\n'];

test('a page of something on the way is no answer of a server', async () => {
  for (const page of PAGES) {
    events = [];
    server.intercept = (asked, response) => response.end(page);
    enter().catch(() => {});
    await until(() => told('waiting').length > 0, page);
    client.close();
  }
});

test('pages in place of answers end a connection, and short waits of the server do not', async () => {
  const brief = await PlainServer.start();
  brief.longestWaitMs = 1_000;
  const clients = [];
  const lost = [];
  const start = async (name, url, options) => {
    const each = new Roomcast({ user: 'ann', url, WebSocket: undefined, ...options });
    clients.push(each);
    each.addEventListener('waiting', () => { if (!lost.includes(name)) lost.push(name); });
    each.join('lobby');
    await until(() => each.state === 'open', name);
  };
  const counts = new Map();
  try {
    // The token says what a client gets after its welcome.
    server.intercept = ({ headers }, response) => {
      const token = headers.authorization.slice('Bearer '.length);
      const count = counts.get(token) ?? 0;
      counts.set(token, count + 1);
      if (count === 0) return false;
      const { isRefused, page } = JSON.parse(token);
      return isRefused && count === 1 ? refuse(response, 401, { code: 'session_invalid' }) : response.end(page);
    };
    for (const transport of ['poll', 'sse']) {
      for (const page of PAGES) {
        for (const isRefused of [false, true]) {
          const token = JSON.stringify({ transport, page, isRefused });
          await start(token, server.url, { transport, token });
        }
      }
    }
    await start('brief', brief.url);
    const names = [...counts.keys()];
    await until(() => brief.polls.length > 7 && lost.length === names.length);
    assert.deepEqual(lost.toSorted(), names.toSorted());
  } finally {
    clients.forEach((each) => each.close());
    brief.stop();
  }
});

test('messages that come one by one, each at once, come together after a while', async () => {
  await enter();
  const timer = setInterval(() => server.say('x'), 5);
  await until(() => server.log.length > 200);
  clearInterval(timer);
  await until(() => heard.length === server.log.length);
  assert.equal(server.polls.length < 40, true, `${server.polls.length} polls`);
});

test('a way that cuts what waits is asked for less, until there may be another way', async () => {
  const page = new EventTarget();
  globalThis.addEventListener = page.addEventListener.bind(page);
  const joined = enter();
  delete globalThis.addEventListener;
  await joined;
  let cuts = 0;
  server.intercept = ({ path, body }, response) => {
    if (path.endsWith('/poll') && body.waitMs > 1_200) {
      setTimeout(() => { cuts += 1; response.destroy(); }, 1_200);
    }
    return false;
  };
  await client.join('another').whenJoined();
  await until(() => server.polls.at(-1).body.waitMs > 0 && server.polls.at(-1).body.waitMs <= 1_200);
  const before = cuts;
  server.say('a');
  await until(() => heard.length === 1);
  assert.deepEqual([told('waiting'), cuts], [[], before]);
  await until(() => server.polls.at(-1).body.waitMs > 0 && server.polls.at(-1).body.waitMs <= 1_200);
  page.dispatchEvent(new Event('online'));
  server.say('b');
  await until(() => server.polls.at(-1).body.waitMs === 20_000);
});

test('a server that is gone for a while is returned to', async () => {
  await enter();
  let gone = true;
  server.intercept = (asked, response) => gone && refuse(response, 502);
  server.say('a');
  await until(() => told('waiting').length > 0);
  gone = false;
  await until(() => heard.length === 1);
  assert.equal(told('recovered').at(-1).detail.count, 1);
  assert.equal(told('gap').length, 0);
});

test('a token that is refused ends it, and one that has expired is followed by a fresh one', async () => {
  let refused = 'token 1';
  server.intercept = ({ headers }, response) => headers.authorization === `Bearer ${refused}`
    && refuse(response, 401, { code: 'unauthenticated', detail: 'The token has expired.' });
  let asked = 1;
  await enter({ token: () => `token ${(asked += 1)}` });
  assert.equal(server.polls[0].user, null);
  refused = `token ${asked}`;
  server.say('a');
  await until(() => heard.length === 1);
  client.close();
  events = [];
  enter({ token: refused }).catch(() => {});
  await until(() => told('closed').length === 1);
  assert.equal(told('closed')[0].detail.code, 4501);
});

test('a token that was given out a while ago is good for what is left of it', () => {
  const now = Date.now() / 1_000;
  const lifeOf = (told) => Math.round(lifetimeOf(`head.${btoa(JSON.stringify(told))}.signature`) / 1_000);
  assert.equal(lifeOf({ iat: now - 3_000, exp: now + 600 }), 600);
  assert.equal(lifeOf({ exp: now + 600 }), 600);
  // The clock here is behind or ahead.
  assert.equal(lifeOf({ iat: now + 500, exp: now + 800 }), 300);
  assert.equal(lifeOf({ iat: now - 800, exp: now - 500 }), 300);
  assert.equal(lifeOf({ iat: now - 299, exp: now + 1 }), 10);
  assert.equal(lifetimeOf('none'), undefined);
});

test('a question that is to be asked again later ends with the client, or is asked on the next connection', async () => {
  await enter();
  let asked = 0;
  const reply = server.reply.bind(server);
  server.reply = (frame) => {
    if (frame.type !== 'history' || (asked += 1) === 2) return reply(frame);
    return { type: 'error', id: frame.id, room: frame.room, code: 'unavailable', retryAfterMs: 60_000 };
  };
  const outcomes = [];
  const ask = () => room.history().then(({ messages }) => outcomes.push(messages.length),
    ({ code }) => outcomes.push(code));
  ask();
  await until(() => asked === 1);
  server.intercept = ({ path }, response) => path.endsWith('/poll') && refuse(response, 403);
  server.say('a');
  await until(() => told('waiting').length > 0);
  server.intercept = () => false;
  await until(() => outcomes.length === 1);
  ask();
  await until(() => asked === 3);
  client.close();
  await until(() => outcomes.length === 2);
  assert.deepEqual(outcomes, [1, 'closed']);
});

test('who goes says so, and asks for nothing more', async () => {
  await enter();
  await until(() => server.polls.at(-1).body.waitMs > 0);
  const before = server.polls.length;
  client.close();
  await until(() => server.polls.length > before);
  assert.deepEqual(server.polls.at(-1).body, { rooms: {}, waitMs: 0, session: 'signed 1' });
  await new Promise((resolve) => setTimeout(resolve, 100));
  assert.equal(server.polls.length, before + 1);
});
