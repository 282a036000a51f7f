import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { startBenchServer } from '../bench-server.js';
import { startApi, startWorker } from '../scale/product.js';

const DEALS = 100;
const CHANGES = 4_000;
const AT_ONCE = 8;
const LIMIT_MS = 60_000;
const TABLES = [
  'events',
  'event_log',
  'outbox_waiting',
  'outbox_tickets',
  'consumer_progress',
  'deal_activity',
  'audit_log',
  'audit_chain',
];
const STEADY = { RATE_LIMIT_ENABLED: 'false' };

/** Changes deals over HTTP, on a server of its own, and says what each event leaves on the disk; rows of a table. */
export async function measureStoredBytes(): Promise<readonly string[]> {
  const server = await startBenchServer();
  const databaseUrl = server.url;
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  const [api, worker] = [await startApi({ DATABASE_URL: databaseUrl, ...STEADY }), startWorker({ DATABASE_URL: databaseUrl })];
  try {
    const deals = await inParallel(DEALS, async (n) => {
      const answer = await send(`${api.origin}/api/deals`, 'POST', { canonical_name: `bytes ${String(n)}` });
      return (answer as { deal_id: string }).deal_id;
    });
    await untilDone(client);
    const before = await sizes(client);
    await inParallel(CHANGES, (n) =>
      send(`${api.origin}/api/deals/${deals[n % DEALS] ?? ''}`, 'PATCH', { display_name: `${String(n)} ${'x'.repeat(20)}` }),
    );
    await untilDone(client);
    const after = await sizes(client);
    const perEvent = TABLES.map((table) => ((after.get(table) ?? 0) - (before.get(table) ?? 0)) / CHANGES);
    const total = perEvent.reduce((sum, bytes) => sum + bytes, 0);
    return [...TABLES.map((table, n) => `| \`${table}\` | ${(perEvent[n] ?? 0).toFixed(0)} |`), `| all | ${total.toFixed(0)} |`];
  } finally {
    await Promise.all([api.stop(), worker.stop()]);
    await client.end();
    await server.stop();
  }
}

async function inParallel<T>(count: number, work: (n: number) => Promise<T>): Promise<readonly T[]> {
  const results: T[] = [];
  let next = 0;
  const lane = async (): Promise<void> => {
    for (let n = next++; n < count; n = next++) results[n] = await work(n);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, lane));
  return results;
}

async function send(url: string, method: string, body: unknown): Promise<unknown> {
  const response = await fetch(url, { method, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} ${url} was answered ${String(response.status)}: ${text}`);
  return JSON.parse(text);
}

/** Everything is published, delivered and chained. */
async function untilDone(client: pg.Client): Promise<void> {
  const until = Date.now() + LIMIT_MS;
  for (;;) {
    const { rows } = await client.query<{ done: boolean }>(
      `SELECT NOT EXISTS (SELECT FROM zakops.outbox_waiting) AND NOT EXISTS (SELECT FROM zakops.audit_pending)
              AND NOT EXISTS (SELECT FROM zakops.consumer_progress WHERE state = 'active' AND position < zakops.log_position()) AS done`,
    );
    if (rows[0]?.done === true) return;
    if (Date.now() > until) throw new Error('The events were not all delivered and chained.');
    await sleep(100);
  }
}

/** Bytes of each table with its indexes, without what a vacuum makes free. */
async function sizes(client: pg.Client): Promise<ReadonlyMap<string, number>> {
  await client.query(`VACUUM ${TABLES.map((table) => `zakops.${table}`).join(', ')}`);
  const { rows } = await client.query<{ name: string; bytes: string }>(
    `SELECT name, pg_total_relation_size(('zakops.' || name)::regclass) AS bytes FROM unnest($1::text[]) AS name`,
    [TABLES],
  );
  return new Map(rows.map(({ name, bytes }) => [name, Number(bytes)]));
}
