// Opens WebSockets as lines of standard input say, and tells in lines of standard output what becomes of them.
// The first argument is a module with a class WebSocket; without it, the one of Node.js itself is used.
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';

const module = process.argv[2];
const { WebSocket } = module ? await import(pathToFileURL(module)) : globalThis;
const sockets = new Map();

function tell(line) {
  process.stdout.write(`${JSON.stringify(line)}\n`);
}

function open(id, url, subprotocols) {
  const socket = new WebSocket(url, subprotocols);
  sockets.set(id, socket);
  let opened = false;
  socket.addEventListener('open', () => {
    opened = true;
    tell({ id, event: 'open', subprotocol: socket.protocol, extensions: socket.extensions });
  });
  socket.addEventListener('message', ({ data }) => tell({ id, event: 'text', text: data }));
  // After a handshake that failed, Node.js 20 tells no close. In all other cases one follows.
  socket.addEventListener('error', ({ message }) => {
    if (!opened) tell({ id, event: 'refused', text: message ?? '' });
  });
  socket.addEventListener('close', ({ code, reason }) => tell({ id, event: 'close', code, reason }));
}

createInterface({ input: process.stdin }).on('line', (line) => {
  const { id, action, url, subprotocols, parts, code, reason } = JSON.parse(line);
  const socket = sockets.get(id);
  if (action === 'open') {
    open(id, url, subprotocols);
  } else if (action === 'close') {
    socket.close(code, reason);
  } else if (parts.length === 1 || !module) {
    socket.send(parts.join(''));
  } else {
    parts.forEach((part, i) => socket.send(part, { fin: i === parts.length - 1 }));
  }
}).on('close', () => process.exit());
