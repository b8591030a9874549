// Uses the package `roomcast` as a program would: node exchange.mjs URL [module with a WebSocket]
const { Roomcast } = await import('roomcast');
const [url, sockets] = process.argv.slice(2);
const WebSocket = (await import(sockets)).default;

const client = new Roomcast({ user: 'robot', url, WebSocket });
const room = client.join('lobby');
room.addEventListener('message', ({ detail }) => {
  if (detail.sender === 'robot') return;
  console.log(JSON.stringify(detail));
  client.close();
});
await room.publish({ content: 'hi', data: { from: 'a package' } });
