// A program with types: all of it is right.
import { Room, Roomcast, RoomcastError, randomKey, type Message } from 'roomcast';

const client = new Roomcast({ user: 'ann', url: 'ws://localhost/ws', token: async () => 'token', WebSocket });
const room: Room = client.join('lobby', { since: { epoch: 'e', offset: 1 } });
room.addEventListener('message', ({ detail }) => {
  const message: Message = detail;
  console.log(message.sender, message.content?.length);
});
client.addEventListener('waiting', (event) => console.log(event.detail.delayMs + 1), { once: true });
const { offset } = await room.publish({ data: { a: 1 }, meta: { t: 'x' } }, { idempotencyKey: randomKey() });
const { messages } = await room.history({ limit: 10 });
console.log(offset + 1, (await room.history({ before: messages[0] })).more);
try {
  await room.publish('hi');
} catch (error) {
  if (error instanceof RoomcastError && error.code === 'busy') console.log(error.retryAfterMs);
}
