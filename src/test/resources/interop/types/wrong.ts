// A program with types: each line with a mark is wrong.
import { Room, Roomcast } from 'roomcast';

const client = new Roomcast({ user: 5 }); // wrong
const room = client.join('lobby');
room.addEventListener('mesage', () => {}); // wrong
room.addEventListener('message', ({ detail }) => detail.nothing); // wrong
room.publish({}); // wrong
room.publish({ data: null }); // wrong
room.history({ before: 5 }); // wrong
new Room(); // wrong
client.user = 'bob'; // wrong
