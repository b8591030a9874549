// The client library over polls, in Node.js, before a server of this program. Run with: node --test
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { lifetimeOf } from '../../../main/webapp/js/client/token-lifetime.js';
import { Roomcast } from '../../../main/webapp/js/roomcast.js';
import { until } from './plain-server.mjs';
import { client, enter, forget, heard, refuse, room, server, told } from './setting.mjs';

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

test('a session that is refused again and again is no expired token', async () => {
  let asked = 0;
  await enter({ token: () => `token ${(asked += 1)}` });
  let refused = 0;
  server.intercept = ({ path }, response) => path.endsWith('/poll') && (refused += 1) <= 2
    && refuse(response, 401, { code: 'session_invalid', detail: 'no' });
  server.say('a');
  server.say('b');
  await until(() => heard.length === 2);
  assert.equal(refused > 2, true);
  assert.deepEqual(told('waiting'), []);
  assert.equal(asked, 1);
});

test('a request that is refused late does not end the session that has begun meanwhile', async () => {
  await enter();
  let held;
  server.intercept = ({ path, body, headers }, response) => {
    if (path.endsWith('/send') && headers['roomcast-session'] === 'signed 1') held = response;
    const isOld = path.endsWith('/poll') && body.session === 'signed 1' && held !== undefined;
    return held === response || (isOld && refuse(response, 401, { code: 'session_invalid', detail: 'no' }));
  };
  const stored = room.publish('hi');
  await until(() => held !== undefined);
  client.join('elsewhere');
  await until(() => client.session === 's2');
  refuse(held, 401, { code: 'session_invalid', detail: 'no' });
  assert.equal((await stored).offset, 1);
  assert.equal(client.session, 's2');
  assert.deepEqual(told('waiting'), []);
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

test('who came and went between two polls is asked for', async () => {
  await enter();
  const presence = [];
  room.addEventListener('presence', ({ detail }) => presence.push(detail));
  await until(() => server.polls.at(-1).body.waitMs > 0);
  server.say('a');
  await until(() => heard.length === 1);
  assert.deepEqual(presence, []);
  // One came and another went.
  server.revision++;
  server.say('b');
  await until(() => heard.length === 2);
  assert.deepEqual(presence.map(({ joined, left, count }) => ({ joined, left, count })),
    [{ joined: [], left: [], count: 1 }]);
});

test('messages that were missed come as such, and are counted', async () => {
  await enter();
  const position = { ...room.position };
  client.close();
  for (const text of ['a', 'b']) server.say(text);
  forget();
  enter({}, { since: position });
  const replayed = [];
  room.addEventListener('message', ({ detail }) => replayed.push(detail.replayed));
  await until(() => told('recovered').length === 1);
  assert.equal(told('recovered')[0].detail.count, 2);
  assert.deepEqual(replayed, [true, true]);
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
  forget();
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
