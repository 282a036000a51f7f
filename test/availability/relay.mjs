// Joins two places that cannot see each other, such as two network namespaces, which share files: `node relay.mjs <from> <to>`, where each
// is a port of 127.0.0.1 or the path of a socket file. What is here when it stops goes with it.
import { connect, createServer } from 'node:net';

const [from, to] = process.argv
  .slice(2)
  .map((place) => (place.startsWith('/') ? { path: place } : { port: Number(place), host: '127.0.0.1' }));

const server = createServer((client) => {
  const upstream = connect(to);
  client.pipe(upstream).pipe(client);
  for (const [one, other] of [
    [client, upstream],
    [upstream, client],
  ]) {
    one.on('error', () => other.destroy()).on('close', () => other.destroy());
  }
});
server.listen(from, () => process.stdout.write('listening\n'));
