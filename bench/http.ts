import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { open, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort, machine, median, startBenchServer } from './bench-server.js';
import { guards, peers, requestsTo } from './http/candidates.js';
import type { Candidate } from './http/candidates.js';
import { makeApiKey } from './http/make-api-key.js';
import { load, requireWrk } from './http/wrk.js';
import type { Load } from './http/wrk.js';

const ROUNDS = Number(process.env['BENCH_ROUNDS'] ?? 3);
const SECONDS = Number(process.env['BENCH_SECONDS'] ?? 5);
const WARM_UP_SECONDS = Number(process.env['BENCH_WARM_UP_SECONDS'] ?? 20);
const READY_LIMIT_MS = 30_000;

/** A running candidate and what its rounds gave. */
interface Runner {
  readonly candidate: Candidate;
  readonly child: ChildProcess;
  readonly origin: string;
  readonly post: Load[];
  readonly get: Load[];
}

/** Prints what a request costs beside raw node:http, Express and Nest, and what each guard costs. */
async function main(): Promise<void> {
  await requireWrk();
  const server = await startBenchServer({ max_connections: '400' });
  try {
    const secret = 'a-secret-of-the-benchmark-that-protects-nothing';
    const apiKey = await makeApiKey(server.url, secret);
    const environment = { DATABASE_URL: server.url, SESSION_SECRET: secret, HOST: '127.0.0.1', DRAIN_DELAY: '0' };
    const flags = await nodeFlags();
    console.log(
      `${machine()}\nwrk: 1 thread, 32 connections; ${String(ROUNDS)} interleaved rounds of ${String(SECONDS)} s each after ${String(WARM_UP_SECONDS)} s of POST to warm up; node ${flags.join(' ')} for ours`,
    );
    console.log('Ours: API key, CSRF and permission checks, rate limit, audit, a new Idempotency-Key per POST, request log into a file.\n');
    await group(peers(apiKey, flags), environment, printPeers);
    await group(guards(apiKey, flags), environment, printGuards);
  } finally {
    await server.stop();
  }
}

async function group(
  candidates: readonly Candidate[],
  environment: Readonly<Record<string, string>>,
  print: (runners: readonly Runner[]) => void,
): Promise<void> {
  const runners: Runner[] = [];
  try {
    for (const candidate of candidates) runners.push(await start(candidate, environment));
    // Compilers of both kinds need tens of thousands of requests before they leave a server alone.
    for (const runner of runners) await warmUp(runner);
    // Each server meets the same slow moments of the machine.
    for (let n = 0; n < ROUNDS; n += 1) for (const runner of runners) await round(runner, SECONDS);
    print(runners);
  } finally {
    for (const { child } of runners) await stop(child);
  }
}

async function warmUp({ candidate, origin }: Runner): Promise<void> {
  const requests = requestsTo(candidate, origin);
  await load(requests.post, WARM_UP_SECONDS);
  await load(requests.get, WARM_UP_SECONDS / 4);
}

async function round({ candidate, origin, post, get }: Runner, seconds: number): Promise<void> {
  const requests = requestsTo(candidate, origin);
  post.push(await load(requests.post, seconds));
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
  return { candidate, child, origin, post: [], get: [] };
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
