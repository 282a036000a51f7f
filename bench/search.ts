import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { freePort, machine, startBenchServer } from './bench-server.js';
import { makeApiKey } from './http/make-api-key.js';

const DEALS = Number(process.env['BENCH_DEALS'] ?? 100_000);
const SECONDS = Number(process.env['BENCH_SECONDS'] ?? 5);
const CONNECTIONS = 8;
const SECRET = 'a-secret-of-the-benchmark-that-protects-nothing';

/** One kind of question, and the words that are asked in turn. */
interface Mix {
  readonly name: string;
  readonly words: readonly string[];
}

// Words of the generated names: one is in every deal, some in a tenth, 20,000 invented surnames in five, the number in one.
const MIXES: readonly Mix[] = [
  { name: 'rare', words: ['m7001', 'm42', 'm99998', 'm50505', 'm31337'] },
  { name: 'common', words: ['company', 'plumbing', 'holdings'] },
  { name: 'two words', words: ['austin plumbing', 'acme roofing', 'tulsa catering', 'dallas company'] },
  { name: 'prefix', words: ['plu', 'roo', 'aus', 'm12', 'c'] },
  { name: 'typing error', words: ['plubming', 'restuarant', 'manufactring m77', 'logistcis'] },
];

// The statement of a page without the product around it: hits by the index of words, sorted.
const RAW = `
  WITH hits AS MATERIALIZED (SELECT s.id FROM zakops.search_deals s WHERE s.words @@ (SELECT zakops.search_query($1)))
  SELECT b.deal_id, b.canonical_name, b.stage, b.status, b.created_at, b.updated_at
    FROM hits JOIN zakops.deals b ON b.deal_id = hits.id WHERE NOT b.deleted ORDER BY b.updated_at DESC, b.deal_id DESC LIMIT 21`;

async function main(): Promise<void> {
  const server = await startBenchServer();
  const client = new pg.Client({ connectionString: server.url });
  await client.connect();
  const key = await makeApiKey(server.url, SECRET, ['actions:read', 'quarantine:read']);
  await fill(client);
  const port = await freePort();
  const origin = `http://127.0.0.1:${String(port)}`;
  const api = spawn(process.execPath, ['--max-semi-space-size=8', join(import.meta.dirname, '..', 'apps', 'api', 'src', 'main.js')], {
    env: {
      DATABASE_URL: server.url,
      SESSION_SECRET: SECRET,
      AUTH_REQUIRED: 'true',
      RATE_LIMIT_GENERAL_PER_MINUTE: '100000000',
      PORT: String(port),
      HOST: '127.0.0.1',
      DRAIN_DELAY: '0',
      LOG_LEVEL: 'warn',
    },
    stdio: 'inherit',
  });
  const pool = new pg.Pool({ connectionString: server.url, max: CONNECTIONS });
  try {
    while ((await fetch(`${origin}/api/health/ready`).catch(() => undefined))?.status !== 200) await sleep(100);
    const ask = async (path: string): Promise<void> => {
      const answer = await fetch(origin + path, { headers: { Authorization: `Bearer ${key}` } });
      await answer.arrayBuffer();
      if (answer.status !== 200) throw new Error(`${path} was answered with ${String(answer.status)}.`);
    };
    console.log(`${machine()}\n${String(DEALS)} deals, ${String(CONNECTIONS)} connections, ${String(SECONDS)} s for each cell\n`);
    console.log('| words | search/deals p50 | p95 | global p50 | p95 | raw SQL p50 | p95 |');
    console.log('|---|---|---|---|---|---|---|');
    const all = MIXES.flatMap(({ words }) => words);
    await measure(all, 3, (q) => ask(`/api/search/deals?q=${encodeURIComponent(q)}`));
    for (const { name, words } of [...MIXES, { name: 'all, mixed', words: all }]) {
      const cells = [
        await measure(words, SECONDS, (q) => ask(`/api/search/deals?q=${encodeURIComponent(q)}`)),
        await measure(words, SECONDS, (q) => ask(`/api/search/global?q=${encodeURIComponent(q)}`)),
        await measure(words, SECONDS, async (q) => {
          await pool.query({ name: 'raw', text: RAW, values: [q.split(' ')] });
        }),
      ];
      console.log(`| ${[name, ...cells].join(' | ')} |`);
    }
  } finally {
    const exited = once(api, 'exit');
    api.kill('SIGTERM');
    await exited;
    await pool.end();
    await client.end();
    await server.stop();
  }
}

async function fill(client: pg.Client): Promise<void> {
  await client.query(
    `INSERT INTO zakops.deals (deal_id, canonical_name, display_name, stage, status, company_info, version, updated_at)
     SELECT zakops.next_deal_id(), lower(name), name, (ARRAY['inbound', 'initial_review', 'due_diligence'])[1 + n % 3], 'active',
            jsonb_build_object('company_name', name || ' LLC', 'location', jsonb_build_object('city', city, 'state', 'TX'), 'sector', trade), 1,
            now() - (($1 - n) || ' seconds')::interval
       FROM (SELECT n, city, trade, format('%s %s %s %s Company M%s', brand, city, surname, trade, n) AS name
               FROM (SELECT n, translate(left(md5((n % 20000)::text), 8), '0123456789', 'ghijklmnop') AS surname,
                            (ARRAY['Austin', 'Dallas', 'Tulsa', 'Houston', 'Waco'])[1 + n * 7 % 5] AS city,
                            (ARRAY['Plumbing', 'Roofing', 'Catering', 'Restaurant', 'Manufacturing', 'Logistics', 'HVAC'])[1 + n * 11 % 7] AS trade,
                            (ARRAY['Acme', 'Zenith', 'Holdings', 'Lone Star', 'Pioneer', 'Café'])[1 + n * 13 % 6] AS brand
                       FROM generate_series(1, $1::int) AS n) AS parts) AS named`,
    [DEALS],
  );
  await client.query('VACUUM ANALYZE zakops.deals');
  await client.query('VACUUM ANALYZE zakops.search_deals, zakops.search_words');
}

/** Asks by eight callers at once; gives the median and the 95th percentile in milliseconds. */
async function measure(words: readonly string[], seconds: number, ask: (q: string) => Promise<void>): Promise<string> {
  const times: number[] = [];
  const until = performance.now() + seconds * 1_000;
  let n = 0;
  const caller = async (): Promise<void> => {
    while (performance.now() < until) {
      const q = words[n++ % words.length] ?? '';
      const begin = performance.now();
      await ask(q);
      times.push(performance.now() - begin);
    }
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, caller));
  times.sort((a, b) => a - b);
  const at = (part: number): string => (times[Math.floor(times.length * part)] ?? 0).toFixed(1);
  return `${at(0.5)} | ${at(0.95)}`;
}

await main();
