/**
 * The types of the client library of Roomcast; docs/client.md is its manual. They need EventTarget and CustomEvent, of
 * browsers (`"lib": ["dom"]`) or of Node.js (`@types/node`).
 */

/** A place in a room. `at`, the time of the message there, proves it. */
export interface Position {
  epoch: string;
  offset: number;
  at?: number;
}

/** Somebody in a room: compare ids, show names. */
export interface User {
  id: string;
  name: string;
  info?: Record<string, unknown>;
}

/** What the server allows; 0 means no limit. */
export interface Limits {
  frameBytes: number;
  contentBytes: number;
  rooms: number;
  /** Messages of one publish. */
  batch: number;
  metaEntries: number;
  metaBytes: number;
}

/** What a message may hold: text for people, `data` for programs (any JSON value but null), and short texts by name. */
export type Payload =
  | { content: string; data?: {}; meta?: Record<string, string> }
  | { content?: string; data: {}; meta?: Record<string, string> };

/** A message of a room. `own` is true for those of this client's user, `replayed` for those that were fetched later. */
export interface Message {
  room: string;
  epoch: string;
  offset: number;
  sender: string;
  name: string;
  content?: string;
  data?: unknown;
  meta?: Record<string, string>;
  /** Milliseconds since 1970 UTC. */
  at: number;
  idempotencyKey?: string;
  /** An operator has erased it: `sender`, `name` and `content` are empty. */
  erased?: true;
  own: boolean;
  replayed: boolean;
}

/** Where a message was stored. */
export interface Stored {
  idempotencyKey: string;
  epoch: string;
  offset: number;
}

/** A page of stored messages, the oldest first. */
export interface History {
  epoch: string;
  messages: Message[];
  /** Whether there are further messages in the direction that was asked for. */
  more: boolean;
}

/** A message that a search has found. */
export interface FoundMessage extends Message {
  /** Where the words are in the content: from one index to before another. */
  hits: [number, number][];
}

/** Messages that a search has found, the newest first. */
export interface Results {
  messages: FoundMessage[];
  /** Whether to search again with the cursor, also if there was no message. */
  more: boolean;
  cursor?: string;
}

export interface SearchOptions {
  /** The id of whoever published. */
  user?: string;
  /** The earliest time. */
  from?: Date | number;
  /** The time before which messages are. */
  to?: Date | number;
  /** Of the page before. */
  cursor?: string;
  limit?: number;
}

export interface Members {
  count: number;
  /** At most 1,000, by their ids. */
  users: User[];
}

/** The codes of errors. A later server may send others. */
export type ErrorCode =
  | 'bad_request'
  | 'not_implemented'
  | 'too_large'
  | 'not_joined'
  | 'forbidden'
  | 'unauthenticated'
  | 'rate_limited'
  | 'busy'
  | 'unavailable'
  | 'renumbered'
  | 'room_full'
  | 'too_many_rooms'
  | 'unknown'
  | 'outbox_full'
  | 'outcome_unknown'
  | 'left'
  | 'closed'
  | 'timeout'
  | 'disconnected'
  | (string & {});

/** A failure with a `code` for programs and a `message` for people. */
export class RoomcastError extends Error {
  constructor(
    code: ErrorCode,
    text?: string,
    more?: {
      retryAfterMs?: number;
      room?: string;
      idempotencyKey?: string;
      epoch?: string;
      offset?: number;
      closeCode?: number;
    },
  );
  /** The failure that an `error` frame tells. */
  static of(frame: object): RoomcastError;
  readonly code: ErrorCode;
  /** Milliseconds that the server asks to wait. */
  readonly retryAfterMs?: number;
  readonly room?: string;
  /** The key of the publish that failed. */
  readonly idempotencyKey?: string;
  /** Of `renumbered`: the epoch of the room now; `offset` is that of its last message. */
  readonly epoch?: string;
  readonly offset?: number;
  /** The WebSocket close code, where a close was the cause. */
  readonly closeCode?: number;
  /** Whether the same request may succeed later. */
  get transient(): boolean;
}

/** A message that could not be stored now. */
export interface Delayed {
  room: string;
  idempotencyKey: string;
  error: RoomcastError;
  delayMs: number;
}

/** How frames travel. */
export type Transport = 'websocket' | 'sse' | 'poll';

/** The details of the events of a client, by the event. */
export interface RoomcastEvents {
  /** An attempt begins; 0 is the first. */
  connecting: { attempt: number };
  open: {
    user: string;
    name: string;
    info?: Record<string, unknown>;
    proven?: boolean;
    session: string;
    node: string;
    heartbeatMs: number;
    limits: Limits;
    expiresInMs?: number;
  };
  /** Frames travel in another way now; `open` follows. */
  transport: { transport: Transport };
  /** The connection was lost; the next attempt follows. */
  waiting: { delayMs: number; attempt: number; code: number; reason: string };
  /** The client does not reconnect by itself. */
  closed: { code: number; reason: string; error: RoomcastError };
  /** The server will restart; the client reconnects in time. */
  draining: { reconnectAfterMs: number };
  /** A message for a room that is not joined could not be stored now; it is sent again. */
  delayed: Delayed;
  /** An error that belongs to no room and no call. */
  error: RoomcastError;
}

/** The details of the events of a room, by the event. */
export interface RoomEvents {
  joined: {
    room: string;
    user: string;
    name: string;
    epoch: string;
    offset: number;
    at?: number;
    members?: number;
    recovered: boolean;
    /** That of the users in the room; see `presence`. Absent where `members` is. */
    revision?: number;
    /** Whether the room was joined before. */
    returned: boolean;
  };
  message: Message;
  /** After a lost connection, all `count` missed messages were delivered. */
  recovered: { room: string; from: number; to: number; count: number };
  /** The messages with these offsets were not delivered. */
  gap: { room: string; epoch: string; from: number; to: number; renumbered: boolean; error?: RoomcastError };
  presence: {
    room: string;
    joined: User[];
    renamed: User[];
    left: User[];
    count: number;
    /** Another number whenever users came, went or have another name. */
    revision?: number;
  };
  signal: { room: string; sender: string; name: string; signal: string; content?: string };
  /** The server could not store a message now; it is sent again. */
  delayed: Delayed;
  /** The room cannot be joined now. */
  refused: RoomcastError;
  /** An error that belongs to no call. */
  error: RoomcastError;
}

type Listener<Detail> =
  | ((event: CustomEvent<Detail>) => void)
  | { handleEvent(event: CustomEvent<Detail>): void }
  | null;
type ListenerOptions = boolean | { capture?: boolean; once?: boolean; passive?: boolean; signal?: AbortSignal };
type Listen<Events> = <K extends keyof Events>(
  type: K,
  listener: Listener<Events[K]>,
  options?: ListenerOptions,
) => void;

export interface RoomcastOptions {
  /** The user's id, where the server lets clients choose it. */
  user?: string;
  /** Proof of who this is; a function is asked before each connection, and before the token expires. */
  token?: string | (() => string | Promise<string>);
  /** How frames travel; `auto`: over a WebSocket, and by polls where the network lets none through. */
  transport?: 'auto' | Transport;
  /** The WebSocket address; by default `ws` on the server that the library came from. */
  url?: string | URL;
  /** How many messages of one room may wait to be stored; 500. */
  outboxLimit?: number;
  backoff?: { baseMs?: number; capMs?: number };
  /** Another class with the interface of browsers, such as that of the library `ws`. */
  WebSocket?: new (url: string, protocols?: string[]) => object;
  /** Another function like that of browsers, for plain HTTP. */
  fetch?: (url: string, options?: object) => Promise<object>;
}

/** A client: any number of rooms over one connection, which is opened again whenever it is lost. */
export class Roomcast extends EventTarget {
  /** Connects at once. */
  constructor(options?: RoomcastOptions);
  get state(): 'idle' | 'connecting' | 'open' | 'waiting' | 'closed';
  /** The id of this user; `undefined` until it is known. */
  get user(): string | undefined;
  /** What others are shown for this user. */
  get userName(): string | undefined;
  /** The id of the current session; `undefined` while there is no connection. */
  get session(): string | undefined;
  /** How frames travel; `undefined` while there is no connection. */
  get transport(): Transport | undefined;
  get limits(): Limits;
  /** The rooms that were joined and not left. */
  get rooms(): Room[];
  /** Connects again after `closed`. */
  connect(): void;
  /** Ends the pause before the next attempt. */
  retryNow(): void;
  /** Joins a room, now or as soon as there is a connection. */
  join(name: string, options?: { since?: Position; presence?: boolean }): Room;
  /** Publishes to a room without joining it, if the room takes messages of anyone. */
  publish(name: string, message: string | Payload, options?: { idempotencyKey?: string }): Promise<Stored>;
  /** Looks for messages by their words, in the rooms that are joined unless others are given. */
  search(text: string, options?: SearchOptions & { rooms?: string[] }): Promise<Results>;
  /** Leaves all rooms and disconnects. */
  close(): void;
  readonly addEventListener: Listen<RoomcastEvents>;
  readonly removeEventListener: Listen<RoomcastEvents>;
}

/** A room; `Roomcast.join` makes it. It lives through any number of connections until `leave`. */
export class Room extends EventTarget {
  private constructor();
  get name(): string;
  get state(): 'waiting' | 'joining' | 'joined' | 'refused' | 'closed' | 'left';
  /** How many users are here; `undefined` for who may not see it. */
  get count(): number | undefined;
  /** The position of the last message that was delivered; `undefined` before the first join. */
  get position(): Position | undefined;
  whenJoined(): Promise<void>;
  /** Asks again for a room that was refused. */
  rejoin(): void;
  /** Resolves when the message is stored. */
  publish(message: string | Payload, options?: { idempotencyKey?: string }): Promise<Stored>;
  /** A page of messages: the newest, or those before or after a position. */
  history(range?: { before?: Position; after?: Position; limit?: number }): Promise<History>;
  /** Looks for messages of this room by their words. */
  search(text: string, options?: SearchOptions): Promise<Results>;
  members(): Promise<Members>;
  /** Takes somebody out of the room; returns how many connections left. */
  remove(user: string): Promise<number>;
  /** Sends what is not stored; returns whether it was sent. */
  signal(signal: string, content?: string): boolean;
  /** Tells that this user is typing; call it on every key. */
  typing(): void;
  leave(): Promise<void>;
  readonly addEventListener: Listen<RoomEvents>;
  readonly removeEventListener: Listen<RoomEvents>;
}

/** A random key for one publish. */
export function randomKey(): string;
