/**
 * The client library of Roomcast: rooms over one connection that comes back by itself.
 *
 *     import { Roomcast } from './js/roomcast.js';
 *     const rc = new Roomcast({ user: 'ann' });
 *     const room = rc.join('lobby');
 *     room.addEventListener('message', (e) => console.log(e.detail.sender, e.detail.content));
 *     await room.publish('hi');
 *
 * No dependency and no build step; docs/client.md is its manual, docs/protocol.md what it speaks.
 */
export { Roomcast } from './client/client.js';
export { Room } from './client/room.js';
export { RoomcastError } from './client/errors.js';
export { randomKey } from './client/random-key.js';
