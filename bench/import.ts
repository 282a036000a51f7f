import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { freePort, machine, median, startBenchServer } from './bench-server.js';
import { makeApiKey } from './http/make-api-key.js';

const ROWS = Number(process.env['BENCH_ROWS'] ?? 20_000);
const ROUNDS = Number(process.env['BENCH_ROUNDS'] ?? 3);
const SECRET = 'a-secret-of-the-benchmark-that-protects-nothing';
const APPS = join(import.meta.dirname, '..', 'apps');
const ROWS_OF_A_TRANSACTION = 200;

// What the peers write: the columns of the file and one event for each row, with one index beside the key.
const RAW_TABLES = `
  CREATE SCHEMA raw;
  CREATE TABLE raw.deals (id bigserial PRIMARY KEY, canonical_name text NOT NULL, display_name text, stage text NOT NULL, company_info jsonb);
  CREATE UNIQUE INDEX ON raw.deals (canonical_name);
  CREATE TABLE raw.events (id bigserial PRIMARY KEY, aggregate_id text NOT NULL, type text NOT NULL, payload jsonb NOT NULL)`;

type Measured = readonly [name: string, rate: number];

async function main(): Promise<void> {
  const server = await startBenchServer();
  const folder = await mkdtemp(join(tmpdir(), 'zakops-bench-import-'));
  // The server reads the file of COPY, and runs as another user when root starts it.
  await chmod(folder, 0o755);
  const client = new pg.Client({ connectionString: server.url });
  await client.connect();
  const processes: ChildProcess[] = [];
  try {
    await client.query(RAW_TABLES);
    const key = await makeApiKey(server.url, SECRET);
    const port = await freePort();
    const env = { DATABASE_URL: server.url, LOG_LEVEL: 'warn', DRAIN_DELAY: '0' };
    const guards = { SESSION_SECRET: SECRET, AUTH_REQUIRED: 'true', PORT: String(port), HOST: '127.0.0.1' };
    processes.push(
      spawn(process.execPath, [join(APPS, 'api/src/main.js')], { env: { ...env, ...guards }, stdio: 'inherit' }),
      spawn(process.execPath, [join(APPS, 'outbox-worker/src/main.js')], { env, stdio: 'inherit' }),
    );
    const origin = `http://127.0.0.1:${String(port)}`;
    while ((await fetch(`${origin}/api/health/ready`).catch(() => undefined))?.status !== 200) await sleep(100);
    console.log(`${machine()}\n${String(ROWS)} rows for each cell, ${String(ROUNDS)} rounds\n`);
    const rounds: (readonly Measured[])[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      const csv = file(`r${String(round)}`, 'Austin');
      const path = join(folder, `${String(round)}.csv`);
      await writeFile(path, csv);
      rounds.push([
        ['reference: single INSERTs of row and event', await measure(() => insertEach(client, csv))],
        ['COPY of the rows alone', await measure(() => copy(client, path))],
        ['import, new deals', await measure(() => runImport(origin, key, csv))],
        ['import, every deal changed', await measure(() => runImport(origin, key, file(`r${String(round)}`, 'Tulsa')))],
        ['import, nothing changed', await measure(() => runImport(origin, key, file(`r${String(round)}`, 'Tulsa')))],
      ]);
    }
    print(rounds);
  } finally {
    for (const started of processes) {
      const exited = once(started, 'exit');
      started.kill('SIGTERM');
      await exited;
    }
    await client.end();
    await server.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

/** A CSV file of deals with a company in the given city. */
function file(prefix: string, city: string): string {
  const lines = Array.from({ length: ROWS }, (_, n) => {
    const info = JSON.stringify({ company_name: `Company ${String(n)} LLC`, sector: 'Plumbing', location: { city, state: 'TX' } });
    return `${prefix}-company-${String(n)},Company ${String(n)},inbound,"${info.replaceAll('"', '""')}"`;
  });
  return `canonical_name,display_name,stage,company_info\n${lines.join('\n')}\n`;
}

/** The rows of a file that {@link file} made, of which the last cell alone is quoted. */
function cells(csv: string): readonly (readonly string[])[] {
  return csv
    .trim()
    .split('\n')
    .slice(1)
    .map((line) => {
      const [name = '', title = '', stage = ''] = line.split(',', 3);
      return [name, title, stage, line.slice(line.indexOf('"') + 1, -1).replaceAll('""', '"')];
    });
}

/** Two statements for each row, in transactions as large as those of an import. */
async function insertEach(client: pg.Client, csv: string): Promise<void> {
  await client.query('TRUNCATE raw.deals, raw.events');
  const rows = cells(csv);
  for (let at = 0; at < rows.length; at += ROWS_OF_A_TRANSACTION) {
    await client.query('BEGIN');
    for (const [name, title, stage, info] of rows.slice(at, at + ROWS_OF_A_TRANSACTION)) {
      await client.query({
        name: 'deal',
        text: 'INSERT INTO raw.deals (canonical_name, display_name, stage, company_info) VALUES ($1, $2, $3, $4)',
        values: [name, title, stage, info],
      });
      await client.query({
        name: 'event',
        text: `INSERT INTO raw.events (aggregate_id, type, payload) VALUES ($1, 'deal.created', $2)`,
        values: [name, info],
      });
    }
    await client.query('COMMIT');
  }
}

async function copy(client: pg.Client, path: string): Promise<void> {
  await client.query('TRUNCATE raw.deals');
  await client.query(`COPY raw.deals (canonical_name, display_name, stage, company_info) FROM '${path}' WITH (FORMAT csv, HEADER true)`);
}

/** Sends the file and waits until the worker is through. */
async function runImport(origin: string, key: string, csv: string): Promise<void> {
  const headers = { Authorization: `Bearer ${key}` };
  const answer = await fetch(`${origin}/api/deals/import`, {
    method: 'POST',
    headers: { ...headers, 'Content-Type': 'text/csv' },
    body: csv,
  });
  if (answer.status !== 202) throw new Error(`The import was answered with ${String(answer.status)}: ${await answer.text()}`);
  const { task_id: id } = (await answer.json()) as { task_id: string };
  for (;;) {
    const task = (await (await fetch(`${origin}/api/deals/imports/${id}`, { headers })).json()) as { state: string; failed: number };
    if (task.failed > 0) throw new Error(`${String(task.failed)} rows failed.`);
    if (task.state === 'done') return;
    await sleep(20);
  }
}

/** Rows per second. */
async function measure(work: () => Promise<void>): Promise<number> {
  const begin = performance.now();
  await work();
  return (ROWS / (performance.now() - begin)) * 1_000;
}

function print(rounds: readonly (readonly Measured[])[]): void {
  console.log('| what | median | rounds | ratio to the reference |\n|---|---|---|---|');
  const whole = (value: number): string => Math.round(value).toLocaleString('en-US');
  for (const [index, [name]] of (rounds[0] ?? []).entries()) {
    const rates = rounds.map((round) => round[index]?.[1] ?? Number.NaN);
    const ratio = median(rounds.map((round) => (round[index]?.[1] ?? Number.NaN) / (round[0]?.[1] ?? Number.NaN)));
    console.log(`| ${name} | ${whole(median(rates))} | ${rates.map(whole).join(', ')} | ${ratio.toFixed(2)} |`);
  }
}

await main();
