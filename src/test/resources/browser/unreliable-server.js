/**
 * Publishes many messages to a server that refuses, forgets to answer, carries out late and cuts connections, at random
 * but as a real one may. Runs in a page, or in any program, in a time of its own that passes at once.
 *
 * Returns what is wrong, as texts, and some figures.
 */
async ({ library, seed, messages }) => {
  const { Roomcast } = await import(library);
  const faults = [];
  const figures = { frames: 0, largest: 0, refused: 0, cut: 0, late: 0, known: 0 };

  let state = seed;
  const random = () => {
    state = (state + 0x6D2B79F5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
  const upTo = (most) => Math.floor(random() * (most + 1));
  const chance = (probability) => random() < probability;

  // Time
  let now = 1_700_000_000_000;
  let timers = [];
  let lastTimer = 0;
  const after = (delay, action) => {
    lastTimer += 1;
    timers.push({ id: lastTimer, at: now + Math.max(0, delay || 0), action });
    return lastTimer;
  };
  const real = {
    setTimeout: globalThis.setTimeout, clearTimeout: globalThis.clearTimeout, dateNow: Date.now, random: Math.random,
  };
  globalThis.setTimeout = (action, delay) => after(delay, action);
  globalThis.clearTimeout = (id) => { timers = timers.filter((timer) => timer.id !== id); };
  Date.now = () => now;
  Math.random = random;
  const settle = async () => { for (let i = 0; i < 30; i += 1) await null; };

  // The server: one room
  const limits = { frameBytes: 1_200 + upTo(2_000), contentBytes: 200, rooms: 9, batch: 1 + upTo(8) };
  const log = [];
  const places = new Map();
  let current;

  const store = ({ content, idempotencyKey }) => {
    if (places.has(idempotencyKey)) {
      figures.known += 1;
    } else {
      log.push({ content, idempotencyKey });
      places.set(idempotencyKey, log.length);
      current?.tell(messageAt(log.length));
    }
    return places.get(idempotencyKey);
  };
  const messageAt = (offset) =>
    ({ type: 'message', room: 'lobby', offset, sender: 'ann', at: 1_700_000_000_000 + offset, ...log[offset - 1] });

  class Socket {
    readyState = 0;
    #listeners = new Map();
    #busyUntil = { in: 0, tell: 0, answer: 0 };
    #lag = 0;
    #dropped = false;
    #joined = false;

    constructor() {
      after(upTo(20), () => {
        if (this.readyState !== 0) return;
        this.readyState = 1;
        current = this;
        this.#emit('open', {});
      });
    }

    addEventListener(type, listener) {
      this.#listeners.set(type, [...(this.#listeners.get(type) ?? []), listener]);
    }

    #emit(type, event) {
      for (const listener of this.#listeners.get(type) ?? []) listener(event);
    }

    /** In order, each a little later than it could be. */
    #inTurn(queue, most, action) {
      const at = Math.max(this.#busyUntil[queue], now + upTo(most));
      this.#busyUntil[queue] = at;
      after(at - now, action);
    }

    send(text) {
      this.#inTurn('in', 40, () => this.#receive(JSON.parse(text), text.length));
    }

    close() {
      this.cut();
    }

    cut() {
      if (this.readyState > 1) return;
      this.readyState = 3;
      if (current === this) current = undefined;
      this.#dropped = chance(0.3);
      this.#lag = upTo(chance(0.3) ? 20_000 : 300);
      after(upTo(10), () => this.#emit('close', { code: 1006, reason: '' }));
    }

    /** What is on its way when the connection is cut is lost, or carried out late, in its order all the same. */
    #receive(frame, bytes) {
      if (this.readyState === 1) {
        this.#serve(frame, bytes);
      } else if (!this.#dropped) {
        figures.late += 1;
        after(this.#lag, () => this.#serve(frame, bytes));
      }
    }

    #out(queue, frame) {
      this.#inTurn(queue, 40, () => {
        if (this.readyState === 1) this.#emit('message', { data: JSON.stringify(frame) });
      });
    }

    tell(frame) {
      if (this.#joined) this.#out('tell', frame);
    }

    #serve(frame, bytes) {
      const { type, id, room } = frame;
      if (type === 'hello') {
        this.#out('tell', { type: 'welcome', user: 'ann', session: 's', node: 'n', heartbeatMs: 0, limits });
      } else if (type === 'join') {
        const since = frame.since?.offset;
        const recovered = since !== undefined && chance(0.7);
        const joined = { type: 'joined', id, room, user: 'ann', epoch: 'e', offset: log.length, recovered, members: 1 };
        this.#out('tell', joined);
        this.#joined = true;
        for (let offset = since + 1; recovered && offset <= log.length; offset += 1) this.tell(messageAt(offset));
      } else if (type === 'history') {
        const first = (frame.after?.offset ?? 0) + 1;
        const last = Math.min(log.length, first + frame.limit - 1);
        const found = [];
        for (let offset = first; offset <= last; offset += 1) found.push(messageAt(offset));
        this.#out('answer', { type, id, room, epoch: 'e', messages: found, more: last < log.length });
      } else if (type === 'publish') {
        this.#publish(frame, bytes);
      }
    }

    #publish(frame, bytes) {
      const asked = frame.messages ?? [frame];
      figures.frames += 1;
      figures.largest = Math.max(figures.largest, asked.length);
      if (asked.length > limits.batch) faults.push(`${asked.length} messages in a frame, not ${limits.batch}`);
      if (bytes > limits.frameBytes) faults.push(`a frame of ${bytes} bytes, not ${limits.frameBytes}`);
      let most = asked.length;
      let why;
      let silent = false;
      const refuse = (count, code) => {
        most = count;
        figures.refused += 1;
        why = { code, text: 'refused', retryAfterMs: code === 'bad_request' ? undefined : upTo(300) };
      };
      if (chance(0.1)) refuse(0, chance(0.5) ? 'busy' : 'rate_limited');
      else if (chance(0.2)) refuse(upTo(most - 1), chance(0.5) ? 'busy' : 'rate_limited');
      else if (chance(0.1)) refuse(chance(0.5) ? 0 : most, 'unavailable');
      else if (chance(0.03)) silent = true;
      const stored = [];
      for (const message of asked.slice(0, most)) {
        if (message.content.startsWith('bad')) {
          refuse(stored.length, 'bad_request');
          break;
        }
        stored.push(store(message));
      }
      if (silent) return;
      const { id, room } = frame;
      if (why && (stored.length === 0 || why.code === 'unavailable')) {
        this.#out('answer', { type: 'error', id, room, idempotencyKey: frame.idempotencyKey, ...why });
      } else if (!frame.messages) {
        const { idempotencyKey } = frame;
        this.#out('answer', { type: 'ack', id, idempotencyKey, room, epoch: 'e', offset: stored[0] });
      } else {
        const isRow = stored.every((offset, index) => offset === stored[0] + index);
        this.#out('answer', {
          type: 'ack', id, room, epoch: 'e', offset: stored.at(-1), first: stored[0], count: stored.length,
          positions: isRow ? undefined : stored.map((offset) => ({ epoch: 'e', offset })), error: why,
        });
      }
    }
  }

  // The publisher
  const rc = new Roomcast({
    user: 'ann', url: 'ws://unreliable.test/ws', WebSocket: Socket, transport: 'websocket', outboxLimit: 60,
    backoff: { baseMs: 20, capMs: 200 },
  });
  const room = rc.join('lobby');
  room.addEventListener('error', ({ detail }) => faults.push(`an error of no call: ${detail.code}`));
  const said = [];
  const settled = new Map();
  let waiting = 0;
  const say = (content, idempotencyKey) => {
    waiting += 1;
    room.publish(content, { idempotencyKey }).then(
      ({ offset }) => settled.set(idempotencyKey, offset),
      ({ code }) => settled.set(idempotencyKey, code),
    ).finally(() => { waiting -= 1; });
  };
  const publishSome = () => {
    const count = chance(0.3) ? 1 : upTo(30);
    for (let i = 0; i < count && said.length < messages && waiting < 50; i += 1) {
      const kind = chance(0.03) ? 'bad' : 'good';
      const content = `${kind} ${said.length} ${'x'.repeat(upTo(150))}`;
      const idempotencyKey = `key ${said.length}`;
      said.push({ content, idempotencyKey });
      say(content, idempotencyKey);
      if (chance(0.05)) {
        const earlier = said[upTo(said.length - 1)];
        say(earlier.content, earlier.idempotencyKey);
      }
    }
    if (said.length < messages) after(upTo(400), publishSome);
  };
  const cutSome = () => {
    if (current && said.length < messages) {
      figures.cut += 1;
      current.cut();
    }
    after(100 + upTo(3_000), cutSome);
  };
  publishSome();
  cutSome();
  try {
    for (let steps = 0; said.length < messages || waiting > 0; steps += 1) {
      await settle();
      if (timers.length === 0 || steps > 300_000) {
        faults.push(`${waiting} messages wait for ever`);
        break;
      }
      const next = timers.reduce((earliest, timer) => (timer.at < earliest.at ? timer : earliest));
      timers = timers.filter((timer) => timer !== next);
      now = Math.max(now, next.at);
      next.action();
    }
    rc.close();
    await settle();
  } finally {
    Object.assign(globalThis, { setTimeout: real.setTimeout, clearTimeout: real.clearTimeout });
    Date.now = real.dateNow;
    Math.random = real.random;
  }

  // What must be
  const expected = said.filter(({ content }) => content.startsWith('good')).map(({ content }) => content);
  const found = log.map(({ content }) => content);
  const differs = expected.findIndex((content, index) => content !== found[index]);
  if (differs >= 0) faults.push(`stored at ${differs}: "${found[differs]}", not "${expected[differs]}"`);
  if (found.length !== expected.length) faults.push(`${found.length} stored, not ${expected.length}`);
  for (const { content, idempotencyKey } of said) {
    const outcome = content.startsWith('bad') ? 'bad_request' : places.get(idempotencyKey);
    const told = settled.get(idempotencyKey);
    if (told !== outcome) faults.push(`"${content}" was told as ${told}, not ${outcome}`);
  }
  return { faults: faults.slice(0, 5), figures };
}
