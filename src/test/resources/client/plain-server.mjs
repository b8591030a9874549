import { createServer } from 'node:http';

/** An HTTP server that speaks polls and sends for one user, and does what a test tells it to. */
export class PlainServer {
  /** What was asked, in order: `{path, body, headers, at}`. */
  requests = [];
  log = [];
  epoch = 'e1';
  /** How many users are in a room. */
  members = 1;
  revision = 7;
  /** How long a poll waits at most, whatever it asks for. */
  longestWaitMs = Infinity;
  /** Called before a request is served; what it returns true for, it has answered itself. */
  intercept = () => false;
  #sessions = 0;
  #waiting = new Set();
  #server = createServer((request, response) => this.#take(request, response));

  static async start() {
    const server = new PlainServer();
    await new Promise((listening) => server.#server.listen(0, '127.0.0.1', listening));
    return server;
  }

  get url() {
    return `ws://127.0.0.1:${this.#server.address().port}/app/ws`;
  }

  get polls() {
    return this.requests.filter(({ path }) => path === '/app/http/poll');
  }

  get sends() {
    return this.requests.filter(({ path }) => path === '/app/http/send');
  }

  stop() {
    this.#server.closeAllConnections();
    this.#server.close();
  }

  /** A message of somebody else. */
  say(content) {
    this.#store({ content, sender: 'bob' });
  }

  #store({ content, sender, idempotencyKey }) {
    const known = this.log.find((message) => idempotencyKey !== undefined && message.idempotencyKey === idempotencyKey);
    if (known) return known.offset;
    const offset = this.log.length + 1;
    this.log.push({ type: 'message', room: 'lobby', offset, at: 1_700_000_000_000 + offset, sender, content,
      idempotencyKey });
    for (const wake of this.#waiting) wake();
    return offset;
  }

  async #take(request, response) {
    let text = '';
    for await (const part of request) text += part;
    const { pathname: path, searchParams } = new URL(request.url, 'http://here');
    const asked = { path, text, headers: request.headers, user: searchParams.get('user'), at: performance.now() };
    if (path.endsWith('/poll')) asked.body = JSON.parse(text);
    if (path.endsWith('/send')) asked.body = text.trim().split('\n').map((line) => JSON.parse(line));
    this.requests.push(asked);
    if (this.intercept(asked, response, request)) return;
    if (path.endsWith('/poll')) await this.#poll(asked.body, response);
    else this.#send(asked.body, response);
  }

  async #poll({ rooms, waitMs, session }, response) {
    if (waitMs > 0 && !this.#hasNews(rooms)) {
      await new Promise((resolve) => {
        const wake = () => { clearTimeout(timer); this.#waiting.delete(wake); resolve(); };
        const timer = setTimeout(wake, Math.min(waitMs, this.longestWaitMs));
        this.#waiting.add(wake);
        response.on('close', wake);
      });
    }
    if (response.destroyed) return;
    response.setHeader('Content-Type', 'application/x-ndjson');
    const lines = this.answer(rooms);
    if (session === undefined) lines.unshift(this.#welcome());
    response.end(lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
  }

  #welcome() {
    this.#sessions += 1;
    return { type: 'welcome', user: 'ann', name: 'Ann', session: `s${this.#sessions}`, node: 'n', heartbeatMs: 25_000,
      resume: `signed ${this.#sessions}`, limits: { frameBytes: 65_536, contentBytes: 1_000, rooms: 9, batch: 10 } };
  }

  #hasNews(rooms) {
    return Object.values(rooms).some((since) => since?.epoch !== this.epoch || since.offset < this.log.length);
  }

  /** What a poll gets that names these rooms. */
  answer(rooms) {
    return Object.entries(rooms).flatMap(([room, since]) => {
      const recovered = since?.epoch === this.epoch && since.offset <= this.log.length;
      const offset = recovered ? since.offset : this.log.length;
      const joined = { type: 'joined', room, user: 'ann', name: 'Ann', epoch: this.epoch, offset, recovered,
        members: this.members, revision: this.revision };
      return [joined, ...(recovered ? this.log.slice(since.offset) : [])].map((frame) => ({ ...frame, room }));
    });
  }

  #send(frames, response) {
    response.setHeader('Content-Type', 'application/x-ndjson');
    response.end(frames.map((frame) => `${JSON.stringify(this.reply(frame))}\n`).join(''));
  }

  reply({ type, id, room, content, idempotencyKey }) {
    if (type === 'publish') {
      const offset = this.#store({ content, idempotencyKey, sender: 'ann' });
      return { type: 'ack', id, room, idempotencyKey, epoch: this.epoch, offset };
    }
    if (type === 'history') return { type, id, room, epoch: this.epoch, messages: this.log, more: false };
    if (type === 'members') return { type, id, room, count: 1, users: [{ id: 'ann', name: 'Ann' }] };
    return { type: type === 'ping' ? 'pong' : 'ack', id, room };
  }
}

/** Resolves when something has become true. */
export async function until(condition, what = condition) {
  const end = performance.now() + 10_000;
  while (!condition()) {
    if (performance.now() > end) throw new Error(`not within 10 s: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
