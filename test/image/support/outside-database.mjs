// A PostgreSQL outside of every container, as DATABASE_URL of a deployment names one: reached through the address that containers know
// the machine by. Prints its connection string and runs until it is ended.
import { mkdtemp, rm } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EmbeddedPostgres } from '../../../dist/libs/embedded-postgres/src/index.js';

const [address] = process.argv.slice(2);
const dataDir = await mkdtemp(join(tmpdir(), 'zakops-outside-'));
const server = await EmbeddedPostgres.start({ dataDir, settings: { fsync: 'off', max_connections: '200' } });
const forwarder = createServer((client) => {
  const upstream = connect(server.port, '127.0.0.1');
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
  process.stdout.write(`${server.url.replace(`127.0.0.1:${server.port}`, `${address}:5432`)}\n`);
});
process.once('SIGTERM', async () => {
  await server.stop();
  await rm(dataDir, { recursive: true, force: true });
  process.exit(0);
});
