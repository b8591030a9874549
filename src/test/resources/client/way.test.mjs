// The client library where the way to the server is in trouble, or asks for patience, in Node.js. Run with: node --test
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Roomcast } from '../../../main/webapp/js/roomcast.js';
import { PlainServer, until } from './plain-server.mjs';
import { client, enter, forget, heard, refuse, room, server, told } from './setting.mjs';

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
    forget();
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
    forget();
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

/** A class of WebSockets to the server; none opens before it is told that they do. */
const sockets = () => class extends EventTarget {
  static opens = false;
  readyState = 0;

  constructor() {
    super();
    setTimeout(() => {
      this.readyState = this.constructor.opens ? 1 : 3;
      this.dispatchEvent(Object.assign(new Event(this.readyState === 1 ? 'open' : 'close'), { code: 1006 }));
    });
  }

  send(text) {
    const { type, rooms, ...frame } = JSON.parse(text);
    if (type === 'hello') this.#tell({ type: 'welcome', user: 'ann', name: 'Ann', session: 'w' });
    else if (type !== 'join') this.#tell(server.reply({ type, ...frame }));
    else for (const { id, room, since } of rooms ?? [frame]) this.#join(id, server.answer({ [room]: since }));
  }

  /** Here `joined` names the last message that was missed. */
  #join(id, [joined, ...missed]) {
    for (const frame of [{ ...joined, id, offset: server.log.length }, ...missed]) this.#tell(frame);
  }

  #tell(frame) {
    const data = JSON.stringify(frame);
    setTimeout(() => this.dispatchEvent(Object.assign(new Event('message'), { data })));
  }

  close() {
    this.readyState = 3;
  }
};

test('what was sent by a poll and not answered comes once, when a WebSocket takes its place', async () => {
  const page = new EventTarget();
  const WebSocket = sockets();
  globalThis.addEventListener = page.addEventListener.bind(page);
  const joined = enter({ WebSocket });
  delete globalThis.addEventListener;
  await joined;
  assert.equal(client.transport, 'poll');
  // One is stored, one is not, and one is stored after the WebSocket has taken it, too.
  let late;
  server.intercept = ({ path, body }) => {
    if (!path.endsWith('/send')) return false;
    body.slice(0, 1).forEach((frame) => server.reply(frame));
    late = () => body.map((frame) => server.reply(frame));
    return true;
  };
  const stored = ['a', 'b', 'c'].map((name) => (name === 'a' ? room : { publish: (text) => client.publish(name, text) })
    .publish(name));
  await until(() => late !== undefined);
  WebSocket.opens = true;
  page.dispatchEvent(new Event('online'));
  await until(() => client.transport === 'websocket');
  await room.publish('d');
  await Promise.all(stored);
  late();
  const gone = server.requests.length;
  await room.publish('e');
  assert.deepEqual(server.log.map(({ content }) => content).toSorted(), ['a', 'b', 'c', 'd', 'e']);
  assert.deepEqual([server.requests.length, told('gap'), told('waiting')], [gone, [], []]);
});
