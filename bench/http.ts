import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { open, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { freePort, machine, median, startBenchServer } from './bench-server.js';
import { cpuSeconds } from './cpu-meter.js';
import { DatabaseProbe } from './database-probe.js';
import { guards, mailTo, peers, requestsTo } from './http/candidates.js';
import type { Candidate } from './http/candidates.js';
import { makeApiKey } from './http/make-api-key.js';
import { load, requireWrk } from './http/wrk.js';
import type { Load } from './http/wrk.js';

const ROUNDS = Number(process.env['BENCH_ROUNDS'] ?? 3);
const SECONDS = Number(process.env['BENCH_SECONDS'] ?? 5);
const WARM_UP_SECONDS = Number(process.env['BENCH_WARM_UP_SECONDS'] ?? 20);
const READY_LIMIT_MS = 30_000;
const STATEMENTS = 8;

/** What one POST cost, in microseconds of CPU. */
interface Cost {
  readonly node: number;
  readonly database: number;
}

/** A running candidate and what its rounds gave. */
interface Runner {
  readonly candidate: Candidate;
  readonly child: ChildProcess;
  readonly origin: string;
  readonly post: Load[];
  readonly costs: Cost[];
  readonly get: Load[];
}

/** Prints what a request costs beside raw node:http, Express and Nest, and what each guard costs. */
async function main(): Promise<void> {
  await requireWrk();
  const server = await startBenchServer({ max_connections: '400' });
  try {
    const secret = 'a-secret-of-the-benchmark-that-protects-nothing';
    const apiKey = await makeApiKey(server.url, secret, ['quarantine:process']);
    const environment = { DATABASE_URL: server.url, SESSION_SECRET: secret, HOST: '127.0.0.1', DRAIN_DELAY: '0' };
    const flags = await nodeFlags();
    console.log(
      `${machine()}\nwrk: 1 thread, 32 connections; ${String(ROUNDS)} interleaved rounds of ${String(SECONDS)} s each after ${String(WARM_UP_SECONDS)} s of POST to warm up; node ${flags.join(' ')} for ours`,
    );
    console.log('Ours: API key, CSRF and permission checks, rate limit, audit, a new Idempotency-Key per POST, request log into a file.\n');
    await group(peers(apiKey, flags), environment, printPeers);
    await group(guards(apiKey, flags), environment, printGuards);
    const [ours] = guards(apiKey, flags);
    if (ours !== undefined) await printMail(ours, environment);
  } finally {
    await server.stop();
  }
  await printStatements(await nodeFlags());
}

/** Prints what a mail that comes in costs beside a deal that is opened, in interleaved rounds on one server. */
async function printMail(candidate: Candidate, environment: Readonly<Record<string, string>>): Promise<void> {
  const { child, origin } = await start(candidate, environment);
  const targets = [requestsTo(candidate, origin).post, mailTo(candidate, origin)] as const;
  try {
    for (const target of targets) await load(target, WARM_UP_SECONDS);
    const [deals, mails]: [Load[], Load[]] = [[], []];
    for (let n = 0; n < ROUNDS; n += 1) {
      deals.push(await load(targets[0], SECONDS));
      mails.push(await load(targets[1], SECONDS));
    }
    console.log(
      '\nA mail that comes in, requests per second:\n\n| | median | rounds | p99 ms | to POST /api/deals |\n|---|---|---|---|---|',
    );
    console.log(
      `| POST /api/deals | ${figures(deals)} | 1.00 |\n| POST /api/quarantine | ${figures(mails)} | ${ratio(mails, deals).toFixed(2)} |\n`,
    );
  } finally {
    await stop(child);
  }
}

/** Prints where the database spends the time of a POST: on a server of its own, because counting statements costs a little. */
async function printStatements(flags: readonly string[]): Promise<void> {
  const server = await startBenchServer({ max_connections: '400', shared_preload_libraries: 'pg_stat_statements' });
  const client = new pg.Client({ connectionString: server.url });
  let runner: Runner | undefined;
  try {
    await client.connect();
    await client.query('CREATE EXTENSION pg_stat_statements');
    const secret = 'a-secret-of-the-benchmark-that-protects-nothing';
    const [ours] = guards(await makeApiKey(server.url, secret), flags);
    if (ours === undefined) return;
    runner = await start(ours, { DATABASE_URL: server.url, SESSION_SECRET: secret, HOST: '127.0.0.1', DRAIN_DELAY: '0' });
    await warmUp(runner);
    await client.query('SELECT pg_stat_statements_reset()');
    await load(requestsTo(ours, runner.origin).post, SECONDS);
    const { rows } = await client.query<{ us: string; wal: string; query: string }>(
      `SELECT round(mean_exec_time::numeric * 1000, 1) AS us, round(wal_bytes / calls) AS wal,
              left(regexp_replace(query, '\\s+', ' ', 'g'), 80) AS query
         FROM pg_stat_statements ORDER BY total_exec_time DESC LIMIT $1`,
      [STATEMENTS],
    );
    console.log('\nThe statements that take most of the time of a POST:\n');
    console.log('| µs for each | bytes of WAL | statement |\n|---|---|---|');
    for (const { us, wal, query } of rows) console.log(`| ${us} | ${wal} | \`${query.trim()}\` |`);
  } finally {
    if (runner !== undefined) await stop(runner.child);
    await client.end();
    await server.stop();
  }
}

async function group(
  candidates: readonly Candidate[],
  environment: Readonly<Record<string, string>>,
  print: (runners: readonly Runner[]) => void,
): Promise<void> {
  const runners: Runner[] = [];
  const probe = await DatabaseProbe.open(environment['DATABASE_URL'] ?? '');
  try {
    for (const candidate of candidates) runners.push(await start(candidate, environment));
    // Compilers of both kinds need tens of thousands of requests before they leave a server alone.
    for (const runner of runners) await warmUp(runner);
    // Each server meets the same slow moments of the machine.
    for (let n = 0; n < ROUNDS; n += 1) for (const runner of runners) await round(runner, SECONDS, probe);
    print(runners);
  } finally {
    for (const { child } of runners) await stop(child);
    await probe.close();
  }
}

async function warmUp({ candidate, origin }: Runner): Promise<void> {
  const requests = requestsTo(candidate, origin);
  await load(requests.post, WARM_UP_SECONDS);
  await load(requests.get, WARM_UP_SECONDS / 4);
}

async function round({ candidate, child, origin, post, costs, get }: Runner, seconds: number, probe: DatabaseProbe): Promise<void> {
  const requests = requestsTo(candidate, origin);
  const cpu = async (): Promise<Cost> => ({ node: await cpuSeconds([child.pid ?? 0]), database: await probe.cpuSeconds() });
  const before = await cpu();
  const posted = await load(requests.post, seconds);
  const after = await cpu();
  post.push(posted);
  const each = (used: (cost: Cost) => number): number => ((used(after) - used(before)) * 1e6) / (posted.perSecond * seconds);
  costs.push({ node: each(({ node }) => node), database: each(({ database }) => database) });
  get.push(await load(requests.get, seconds));
}

async function start(candidate: Candidate, environment: Readonly<Record<string, string>>): Promise<Runner> {
  const port = await freePort();
  const origin = `http://127.0.0.1:${String(port)}`;
  const logFile = join(tmpdir(), `zakops-bench-http-${String(port)}.log`);
  const log = await open(logFile, 'w');
  const child = spawn(process.execPath, [...candidate.args], {
    env: { PATH: process.env['PATH'], ...environment, ...candidate.env, PORT: String(port) },
    stdio: ['ignore', log.fd, 'inherit'],
  });
  await log.close();
  child.once('exit', () => void rm(logFile, { force: true }));
  const until = Date.now() + READY_LIMIT_MS;
  const { get } = requestsTo(candidate, origin);
  for (;;) {
    // The first deal was made together with the key, so that every server has one to read.
    const answer = await fetch(get.url, { headers: get.headers }).catch(() => undefined);
    if (answer?.status === 200) break;
    if (child.exitCode !== null || Date.now() > until) throw new Error(`${candidate.name} does not answer (${String(answer?.status)}).`);
    await sleep(100);
  }
  return { candidate, child, origin, post: [], costs: [], get: [] };
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill('SIGTERM');
  await exited;
}

function printPeers(runners: readonly Runner[]): void {
  const [same, least, , nest] = runners;
  for (const kind of ['post', 'get'] as const) {
    console.log(
      `${kind === 'post' ? 'POST /api/deals' : 'GET /api/deals/{id}'}, requests per second and ratios (median of those of the same round):\n`,
    );
    console.log('| server | median | rounds | p99 ms | to raw, same rows | to raw, least | to Nest save() |');
    console.log('|---|---|---|---|---|---|---|');
    for (const runner of runners) {
      const cells = [same, least, nest].map((other) => ratio(runner[kind], other?.[kind] ?? []).toFixed(2));
      console.log(`| ${runner.candidate.name} | ${figures(runner[kind])} | ${cells.join(' | ')} |`);
    }
    console.log('');
  }
  console.log('CPU for each POST, in microseconds (lowest of the rounds):\n');
  console.log('| server | Node | PostgreSQL |\n|---|---|---|');
  for (const { candidate, costs } of runners) {
    const lowest = (kind: keyof Cost): string => Math.min(...costs.map((cost) => cost[kind])).toFixed(0);
    console.log(`| ${candidate.name} | ${lowest('node')} | ${lowest('database')} |`);
  }
  console.log('');
}

function printGuards(runners: readonly Runner[]): void {
  const [all] = runners;
  console.log('What each guard costs: requests per second with one of them off, and how much faster that is:\n');
  console.log('| | POST | rounds | p99 ms | gain | GET | rounds | p99 ms | gain |');
  console.log('|---|---|---|---|---|---|---|---|---|');
  for (const { candidate, post, get } of runners) {
    const gain = (mine: readonly Load[], others: readonly Load[]): string => `${((ratio(mine, others) - 1) * 100).toFixed(0)} %`;
    console.log(
      `| ${candidate.name} | ${figures(post)} | ${gain(post, all?.post ?? [])} | ${figures(get)} | ${gain(get, all?.get ?? [])} |`,
    );
  }
}

function figures(loads: readonly Load[]): string {
  const perSecond = loads.map((each) => each.perSecond);
  return [
    median(perSecond).toFixed(0),
    perSecond.map((each) => each.toFixed(0)).join(' '),
    median(loads.map((each) => each.p99Ms)).toFixed(1),
  ].join(' | ');
}

/** Of figures from the same round, because the machine's speed drifts between them. */
function ratio(mine: readonly Load[], others: readonly Load[]): number {
  return median(mine.map((each, n) => each.perSecond / (others[n]?.perSecond ?? Number.NaN)));
}

/** The flags that `npm run start:api` gives to node, so that what is measured is what runs. */
async function nodeFlags(): Promise<readonly string[]> {
  const { scripts } = JSON.parse(await readFile('package.json', 'utf8')) as { scripts: Readonly<Record<string, string>> };
  return (scripts['start:api'] ?? '').split(' ').filter((word) => word.startsWith('--'));
}

await main();
