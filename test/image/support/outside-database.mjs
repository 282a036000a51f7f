// A PostgreSQL outside of every container, encrypted, as DATABASE_URL of a deployment names one: reached through the address that
// containers know the machine by. Prints its connection string and runs until it is ended.
import { connect, createServer } from 'node:net';
import { startTlsServer } from '../../../dist/libs/testing/src/index.js';

const [address] = process.argv.slice(2);
const server = await startTlsServer();
const { port } = new URL(server.url);
const forwarder = createServer((client) => {
  const upstream = connect(Number(port), '127.0.0.1');
  for (const [from, to] of [
    [client, upstream],
    [upstream, client],
  ]) {
    from.pipe(to);
    from.on('error', () => to.destroy());
    from.on('close', () => to.destroy());
  }
});
forwarder.listen(5432, address, () => {
  process.stdout.write(`${server.urlWith({ sslmode: 'require' }).replace(`127.0.0.1:${port}`, `${address}:5432`)}\n`);
});
process.once('SIGTERM', async () => {
  await server.stop();
  process.exit(0);
});
