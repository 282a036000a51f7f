import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort, machine, median, startBenchServer } from './bench-server.js';

const STARTS = Number(process.env['BENCH_STARTS'] ?? 7);
const IDLE_SECONDS = Number(process.env['BENCH_IDLE_SECONDS'] ?? 15);
const START_LIMIT_MS = 2_000;
const RSS_LIMIT_MIB = 150;

/** Prints how long the API takes from its start to the first 200 on /health, beside a bare Node server, and what idle processes hold. */
async function main(): Promise<void> {
  const server = await startBenchServer();
  try {
    console.log(machine());
    const bare = ['-e', `require('http').createServer((q, r) => r.end('{}')).listen(process.env.PORT, '127.0.0.1')`];
    const api = await scriptArguments('start:api');
    const bareMs: number[] = [];
    const apiMs: number[] = [];
    // Interleaved, so that a slow moment of the machine meets both.
    for (let start = 0; start < STARTS; start += 1) {
      bareMs.push(await timeToHealth(bare, server.url));
      apiMs.push(await timeToHealth(api, server.url));
    }
    console.log(`\nFrom spawn to the first 200 on /health, ${String(STARTS)} starts of each, interleaved, milliseconds:\n`);
    console.log('| process | median | lowest | highest | ratio to a bare Node server |');
    console.log('|---|---|---|---|---|');
    for (const [name, values] of [
      ['bare Node HTTP server', bareMs],
      ['API, compiled code', apiMs],
    ] as const) {
      const ratio = median(values) / median(bareMs);
      console.log(
        `| ${name} | ${[median(values), Math.min(...values), Math.max(...values)].map((ms) => ms.toFixed(0)).join(' | ')} | ${ratio.toFixed(1)} |`,
      );
    }
    console.log(`\nAim: under ${String(START_LIMIT_MS)} ms.`);

    const port = await freePort();
    const processes: readonly [string, ChildProcess][] = [
      ['API', run(api, server.url, port)],
      ['outbox worker', run(await scriptArguments('start:worker'), server.url, port)],
    ];
    await sleep(IDLE_SECONDS * 1_000);
    console.log(`\nResident memory after ${String(IDLE_SECONDS)} s of idling, MiB (aim: under ${String(RSS_LIMIT_MIB)} each):\n`);
    console.log('| process | RSS |');
    console.log('|---|---|');
    for (const [name, child] of processes) console.log(`| ${name} | ${(await residentMib(child.pid ?? 0)).toFixed(0)} |`);
    await Promise.all(processes.map(([, child]) => stop(child)));
  } finally {
    await server.stop();
  }
}

async function timeToHealth(args: readonly string[], databaseUrl: string): Promise<number> {
  const port = await freePort();
  const startedAt = performance.now();
  const child = run(args, databaseUrl, port);
  try {
    for (;;) {
      const response = await fetch(`http://127.0.0.1:${String(port)}/health`).catch(() => undefined);
      if (response?.status === 200) return performance.now() - startedAt;
      if (child.exitCode !== null) throw new Error('The process ended before it answered.');
      await sleep(5);
    }
  } finally {
    await stop(child);
  }
}

function run(args: readonly string[], databaseUrl: string, port: number): ChildProcess {
  return spawn(process.execPath, [...args], {
    env: {
      PATH: process.env['PATH'],
      DATABASE_URL: databaseUrl,
      PORT: String(port),
      HOST: '127.0.0.1',
      LOG_LEVEL: 'error',
      DRAIN_DELAY: '0',
    },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill('SIGTERM');
  await exited;
}

async function residentMib(pid: number): Promise<number> {
  const status = await readFile(`/proc/${String(pid)}/status`, 'utf8');
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1] ?? Number.NaN) / 1_024;
}

/** What an npm script gives to node, so that the flags measured are the ones in use. */
async function scriptArguments(name: string): Promise<readonly string[]> {
  const { scripts } = JSON.parse(await readFile('package.json', 'utf8')) as { scripts: Readonly<Record<string, string>> };
  const [program, ...args] = (scripts[name] ?? '').split(' ');
  if (program !== 'node') throw new Error(`The script ${name} does not begin with node.`);
  return args;
}

await main();
