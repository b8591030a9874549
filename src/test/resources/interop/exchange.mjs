// Uses the package `roomcast` as a program would: node exchange.mjs URL TRANSPORT [module with a WebSocket]
const { Roomcast } = await import('roomcast');
const [url, transport, sockets] = process.argv.slice(2);
const WebSocket = sockets ? (await import(sockets)).default : undefined;

const client = new Roomcast({ user: 'robot', url, transport, WebSocket });
const room = client.join('lobby');
room.addEventListener('message', ({ detail }) => {
  if (detail.sender === 'robot') return;
  console.log(JSON.stringify(detail));
  client.close();
});
await room.publish({ content: 'hi', data: { from: 'a package' } });
