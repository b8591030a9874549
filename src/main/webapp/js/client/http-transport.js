import { Backoff } from './backoff.js';
import { ABNORMAL, DRAINING, NODE_FULL, NORMAL, TOKEN_EXPIRED, TOKEN_REFUSED } from './close-codes.js';
import { delayOf } from './delay.js';
import { HttpCalls, HttpRefusal } from './http-calls.js';
import { Pace } from './pace.js';
import { Pause } from './pause.js';
import { Sender } from './sender.js';
import { Stays } from './stays.js';
import { lifetimeOf } from './token-lifetime.js';
import { Watch } from './watch.js';

/** How long an answer may take beyond the time that the server was asked to wait. */
const ANSWER_WITHIN_MS = 10_000;

/** A poll that was cut after less had no time to wait: something else is wrong. */
const CUT_AFTER_MS = 1_000;

/** So long this asks again by itself; nobody has left a room meanwhile. */
const TROUBLE_MS = 4_000;

/** A join that was asked for, and that an answer does not mention. */
const UNANSWERED = { code: 'unavailable', text: 'The server did not answer.' };

/** An answer without any news should come when the time is over. This share of it is much too early. */
const TOO_EARLY = 0.1;

/** A server may have a shorter time of its own for polls, but none that is over before this. */
const SHORTEST_WAIT_MS = 900;

/** What ends an answer, and not the session: the next round goes to another node, and there is nothing to wait for. */
const LEADS_ELSEWHERE = new Set(['draining', DRAINING, NORMAL]);

/**
 * Frames over plain HTTP, which any proxy lets through. Some requests ask for what comes, one after another, in
 * *rounds*; others carry what this client sends. Each may go to another node. See Link for what a transport is.
 *
 * Each round names all rooms with their positions. What a lost answer held is in the next one; so only rounds that fail
 * for a while end the connection.
 *
 * @typedef {object} Round how rounds are made
 * @property {(calls: HttpCalls, ask: {rooms: object, waitMs: number}, signal: AbortSignal) => Promise<Response>} open
 * @property {(response: Response) => AsyncIterable<object[]>} read the frames of an answer, as they come; an empty list
 *     is a sign of life
 * @property {boolean} isStream whether an answer has no end by itself
 */
export class HttpTransport {
  #roundOf;
  #calls;
  #events;
  #patience;
  #stays = new Stays((error) => this.#roomTroubled(error));
  #sender;
  #pace = new Pace();
  #pause = new Pause();
  #backoff = new Backoff({ baseMs: 250, capMs: 2_000 });
  #troubleSince;
  #isWelcome = false;
  #heartbeatMs = 0;
  #isClosed = false;
  /** Of the round that is on its way; it `waits` if there is nothing that it has to bring soon. */
  #watch;
  #waits = false;
  /** The least pause before the next round, as the server has asked for. */
  #retryAfterMs = 0;

  /**
   * @param {{url: string, hello: object, fetch: typeof fetch, patience: import('./patience.js').Patience}} options
   * @param {import('./link.js').TransportEvents} events
   * @param {(rooms: object) => Round} roundOf how to ask for these rooms
   */
  constructor({ url, hello, fetch, patience }, events, roundOf) {
    this.#roundOf = roundOf;
    this.#events = events;
    this.#patience = patience;
    this.#calls = new HttpCalls({ url, hello, fetch });
    this.#sender = new Sender(this.#calls, {
      frame: (frame) => (frame.type === 'closed' ? this.#receive(frame) : this.#hand(frame)),
      heard: () => events.heard(),
      refused: (refusal) => { if (refusal.status === 401) this.#unauthenticated(refusal); },
    });
    this.#run();
  }

  send(frame) {
    if (this.#isClosed) return false;
    if (frame.type === 'join') this.#stays.join(frame);
    else if (frame.type === 'leave') this.#stays.leave(frame);
    else if (frame.type === 'refresh') this.#refresh(frame);
    else this.#sender.send(frame);
    // Other joins of the same turn go with the same round.
    if (this.#stays.isChanged) queueMicrotask(() => this.#restart());
    return true;
  }

  /** Every request shows the token. The round that waits has shown the old one. */
  #refresh({ id, token }) {
    this.#calls.token = token;
    this.#restart();
    queueMicrotask(() => this.#hand({ type: 'refreshed', id, expiresInMs: lifetimeOf(token) }));
  }

  close() {
    this.#isClosed = true;
    this.#watch?.abort();
    this.#sender.close();
    this.#pause.end();
  }

  /** In no room any more. Nobody waits for the answer, and the page may be gone by then. */
  goodbye() {
    if (this.#calls.session === undefined) return;
    const body = JSON.stringify({ rooms: {}, waitMs: 0, session: this.#calls.session });
    this.#calls.call('poll', { body, type: 'application/json', accept: 'application/x-ndjson', keepalive: true })
      .then((response) => response.body?.cancel())
      .catch(() => {});
  }

  /** What waits is asked for again, with what has changed. A round that does not wait ends soon anyway. */
  #restart() {
    if (this.#waits) this.#watch.abort();
  }

  async #run() {
    while (!this.#isClosed) {
      await this.#next();
      const pauseMs = Math.max(this.#pace.delayMs(), this.#retryAfterMs);
      this.#retryAfterMs = 0;
      if (pauseMs > 0 && !this.#isClosed) await this.#pause.wait(pauseMs);
    }
  }

  async #next() {
    const isUrgent = this.#calls.session === undefined || this.#stays.isChanged;
    const ask = this.#stays.ask();
    const round = this.#roundOf(ask.rooms);
    const waitMs = isUrgent || round.isStream ? 0 : this.#patience.waitMs;
    const watch = (this.#watch = new Watch(waitMs + ANSWER_WITHIN_MS));
    const startedAt = performance.now();
    this.#waits = waitMs > 0;
    try {
      const response = await round.open(this.#calls, { rooms: ask.rooms, waitMs }, watch.signal);
      this.#events.opened();
      for (const left of this.#stays.left(ask)) this.#hand(left);
      const hasNews = await this.#take(response, round, watch);
      watch.signal.throwIfAborted();
      if (round.isStream) throw new Error('The server has ended the stream.');
      for (const refusal of this.#stays.refuse(ask, UNANSWERED)) this.#hand(refusal);
      this.#answered(hasNews, performance.now() - startedAt, waitMs);
    } catch (error) {
      const isOver = this.#isClosed || (watch.signal.aborted && !watch.isOverdue);
      if (!isOver) this.#broken(error, { ask, isOverdue: watch.isOverdue, waitedMs: performance.now() - startedAt });
    } finally {
      watch.stop();
      this.#waits = false;
    }
  }

  /** A round that could wait and did is over before its time: that is no trouble, and the next one is shorter. */
  #broken(error, { ask, isOverdue, waitedMs }) {
    if (error instanceof HttpRefusal && error.status < 500) this.#refused(error, ask);
    else if (!this.#isWelcome || !this.#waits || waitedMs < CUT_AFTER_MS) this.#failed(error);
    else if (isOverdue) this.#patience.unanswered();
    else this.#patience.cut(waitedMs);
  }

  /** @returns {Promise<boolean>} whether anything came that was news */
  async #take(response, round, watch) {
    let hasNews = false;
    if (!round.isStream) this.#stays.hold();
    try {
      for await (const frames of round.read(response)) {
        if (watch.signal.aborted) return hasNews;
        this.#events.heard();
        for (const frame of frames) {
          if (this.#receive(frame)) hasNews = true;
          if (watch.signal.aborted) return hasNews;
        }
        if (round.isStream) this.#flows(watch, frames.length > 0);
      }
    } finally {
      for (const frame of this.#stays.release()) {
        hasNews = true;
        this.#hand(frame);
      }
    }
    this.#events.heard();
    return hasNews;
  }

  /**
   * A stream brings something: from now on it may wait, as long as it shows signs of life. What has no frames may be
   * the page of something on the way.
   */
  #flows(watch, hasFrames) {
    watch.restart(this.#heartbeatMs + ANSWER_WITHIN_MS);
    this.#waits = true;
    if (hasFrames) this.#succeeded();
    if (this.#stays.hasNews) this.#restart();
  }

  /** @returns {boolean} whether the client gets something of it */
  #receive(frame) {
    if (typeof frame.type !== 'string') return false;
    if (LEADS_ELSEWHERE.has(frame.type === 'closed' ? frame.code : frame.type)) return false;
    if (frame.type === 'closed') {
      this.#events.lost(frame.code, frame.reason);
      return false;
    }
    if (frame.type === 'welcome') {
      this.#welcomed(frame);
      return true;
    }
    if (frame.type === 'error' && frame.room === undefined) {
      const refusal = new HttpRefusal(200, { ...frame, detail: frame.text });
      this.#refused(Object.assign(refusal, { session: this.#calls.session }));
      return false;
    }
    const forClient = this.#stays.receive(frame);
    if (forClient) this.#hand(forClient);
    return forClient !== undefined;
  }

  #welcomed({ resume, ...frame }) {
    this.#isWelcome = true;
    this.#calls.session = resume;
    this.#calls.user = frame.user;
    this.#heartbeatMs = delayOf(frame.heartbeatMs);
    this.#hand(frame);
    this.#sender.resume(frame.limits?.frameBytes);
  }

  #hand(frame) {
    if (!this.#isClosed) this.#events.frame(frame);
  }

  /** An answer after which there is no session, or one without news that comes at once, is no answer of a server. */
  #answered(hasNews, tookMs, waitMs) {
    if (this.#retryAfterMs > 0) return;
    const isTooEarly = !hasNews && tookMs < Math.min(waitMs * TOO_EARLY, SHORTEST_WAIT_MS);
    if (isTooEarly || this.#calls.session === undefined) {
      this.#failed(new Error('The server answers before anything has come.'));
      return;
    }
    if (hasNews || waitMs > 0) this.#succeeded();
    if (!hasNews && waitMs > 0) this.#patience.completed();
  }

  #succeeded() {
    if (this.#retryAfterMs > 0) return;
    this.#backoff.reset();
    this.#troubleSince = undefined;
  }

  /** @param {HttpRefusal} refusal what will not be otherwise the next time, unless it says so */
  #refused(refusal, ask) {
    const { status, code, message, retryAfterMs } = refusal;
    if (status === 401 || code === 'unauthenticated' || code === 'session_invalid') {
      this.#unauthenticated(refusal);
    } else if (retryAfterMs || status === 429 || code === 'superseded' || (this.#isWelcome && status === 404)) {
      this.#failed(refusal);
    } else if (this.#isWelcome && status !== 403 && ask && this.#stays.isChanged) {
      const why = { code: code ?? 'unknown', text: message };
      for (const frame of this.#stays.refuse(ask, why)) this.#hand(frame);
      this.#failed(refusal);
    } else {
      this.#events.lost(ABNORMAL, this.#isWelcome ? message : '');
    }
  }

  /** An expired token may have a fresh one after it. */
  #unauthenticated(refusal) {
    if (refusal.code === 'session_invalid') {
      this.#sessionEnded(refusal);
    } else if (this.#isWelcome) {
      this.#events.lost(TOKEN_EXPIRED, refusal.message);
    } else {
      this.#hand({ type: 'error', code: 'unauthenticated', text: refusal.message });
      this.#events.lost(TOKEN_REFUSED, refusal.message);
    }
  }

  /** A session that no node knows is begun anew, once: other requests may have shown it, too. It is not the token. */
  #sessionEnded(refusal) {
    if (refusal.session !== this.#calls.session) return;
    this.#calls.session = undefined;
    this.#failed(refusal);
    this.#restart();
  }

  #roomTroubled({ code, text, retryAfterMs }) {
    this.#failed(new HttpRefusal(200, { code, detail: text, retryAfterMs }));
  }

  /** Asks again after a pause, unless this has gone on for too long. */
  #failed({ status, code, message, retryAfterMs }) {
    if (!this.#isWelcome) {
      if (code && (retryAfterMs || status === 503 || status === 429)) {
        this.#hand({ type: 'error', code: 'unavailable', text: message, retryAfterMs });
      } else {
        this.#events.lost(ABNORMAL, '', retryAfterMs);
      }
      return;
    }
    this.#troubleSince ??= performance.now();
    const pauseMs = this.#backoff.next(retryAfterMs);
    if (performance.now() + pauseMs - this.#troubleSince > TROUBLE_MS) {
      this.#events.lost(status === 503 || status === 429 ? NODE_FULL : ABNORMAL, status ? message : '', retryAfterMs);
    }
    this.#retryAfterMs = pauseMs;
  }
}
