import { delayOf } from './delay.js';

/** Names the signed session in requests that have no JSON body. */
const SESSION_HEADER = 'Roomcast-Session';

/** More is no sentence for people. */
const LONGEST_TEXT = 300;

/** An answer that is no success: what it says, as far as Roomcast or something on the way has said anything. */
export class HttpRefusal extends Error {
  /**
   * @param {number} status of HTTP
   * @param {{code?: string, detail?: string, retryAfterMs?: number}} problem
   */
  constructor(status, { code, detail, retryAfterMs }) {
    super(detail ?? `The server answered with the status ${status}.`);
    this.status = status;
    /** @type {string|undefined} an error code of Roomcast; undefined where something else has answered */
    this.code = code;
    this.retryAfterMs = retryAfterMs;
    /** @type {string|undefined} the signed session that the request has shown */
    this.session = undefined;
  }
}

/**
 * @param {string} url of the WebSocket
 * @returns {boolean} whether it says where the addresses of plain HTTP are
 */
export function hasHttpAddress(url) {
  return new URL(url).pathname.endsWith('/ws');
}

/** The requests of one client over plain HTTP: where they go, and who asks. */
export class HttpCalls {
  token;
  user;
  /** The signed session, as the server gave it; undefined before the first answer. */
  session;
  #url;
  #fetch;

  /**
   * @param {{url: string, hello: {user?: string, token?: string}, fetch: typeof fetch}} options url: of the WebSocket
   */
  constructor({ url, hello, fetch }) {
    this.#url = url;
    this.#fetch = fetch;
    this.token = hello.token;
    this.user = hello.user;
  }

  /**
   * @param {'poll'|'send'|'events'} name
   * @param {{body?: string, type?: string, accept: string, query?: object, headers?: object, signal?: AbortSignal,
   *     keepalive?: boolean}} options keepalive: the page may go before the answer comes
   * @returns {Promise<Response>} rejects with HttpRefusal, or with the error of fetch
   */
  async call(name, { body, type, accept, query = {}, headers = {}, signal, keepalive = false }) {
    const all = { Accept: `${accept}, application/problem+json`, ...headers };
    if (type) all['Content-Type'] = type;
    if (this.token !== undefined) all.Authorization = `Bearer ${this.token}`;
    if (this.session !== undefined && name === 'send') all[SESSION_HEADER] = this.session;
    const { session } = this;
    const fetch = this.#fetch;
    const response = await fetch(this.#address(name, query), {
      method: body === undefined ? 'GET' : 'POST', body, headers: all, signal, keepalive, cache: 'no-store',
    });
    if (response.ok) return response;
    throw Object.assign(await refusalOf(response), { session });
  }

  #address(name, query) {
    const address = new URL(this.#url);
    address.protocol = address.protocol.replace('ws', 'http');
    address.pathname = address.pathname.replace(/ws$/u, `http/${name}`);
    if (this.token === undefined && this.user !== undefined) address.searchParams.set('user', this.user);
    for (const [key, value] of Object.entries(query)) address.searchParams.set(key, value);
    return address.href;
  }
}

async function refusalOf(response) {
  const isProblem = response.headers.get('Content-Type')?.startsWith('application/problem+json');
  const told = isProblem ? await problemOf(response) : {};
  if (!isProblem) await response.body?.cancel().catch(() => {});
  const retryAfterMs = Math.max(delayOf(told.retryAfterMs), retryAfterOf(response)) || undefined;
  return new HttpRefusal(response.status, { ...told, retryAfterMs });
}

/** Seconds, or a date; that is by the clock of who has answered, where that shows. */
function retryAfterOf({ headers }) {
  const told = headers.get('Retry-After') ?? '';
  const now = Date.parse(headers.get('Date') ?? '') || Date.now();
  return Number.isNaN(Number(told)) ? delayOf(Date.parse(told) - now) : delayOf(Number(told) * 1_000);
}

async function problemOf(response) {
  try {
    const { code, detail, retryAfterMs } = await response.json();
    return {
      code: typeof code === 'string' ? code : undefined,
      detail: typeof detail === 'string' ? detail.slice(0, LONGEST_TEXT) : undefined,
      retryAfterMs,
    };
  } catch {
    return {};
  }
}
