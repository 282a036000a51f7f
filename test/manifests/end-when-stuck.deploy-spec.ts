import { FRESH_FOR_SECONDS } from '#zakops/worker-health';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdir, mkdtemp, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

// A worker has 45 seconds to start before its health check ends it.
const LIMIT_MS = 120_000;

// In a world of its own, where no other worker runs that it could end. Says after each look whether the worker is still there.
const PROGRAM = `
  node -e 'setInterval(() => {}, 1000)' /x/zakops-worker & worker=$!
  sleep 46
  for age in "$@"; do
    touch -d "$age seconds ago" "$WORKER_HEARTBEAT_FILE"
    sh bin/zakops-health.sh --end-when-stuck
    sleep 0.2
    if kill -0 $worker 2>/dev/null; then echo lives; else echo ended; fi
  done
  kill -9 $worker 2>/dev/null; true`;

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'end-when-stuck-'));
  await cp('docker/bin', join(folder, 'bin'), { recursive: true });
});
afterEach(() => rm(folder, { recursive: true }));

/** The exit code, and what was written. */
async function run(command: string, args: readonly string[], env: Readonly<Record<string, string>>): Promise<[number | null, string]> {
  const child = spawn(command, args, { cwd: folder, env: { PATH: process.env['PATH'], ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (part: Buffer) => (output += part.toString()));
  const [code] = (await once(child, 'close')) as [number | null];
  return [code, output.trim()];
}

describe('zakops-health --worker', () => {
  let file: string;
  let nodes: string;
  beforeEach(async () => {
    file = join(folder, 'heartbeat');
    // Stands in the place of Node, and fails: a probe must not start it.
    nodes = join(folder, 'nodes');
    await mkdir(nodes);
    await writeFile(join(nodes, 'node'), '#!/bin/sh\necho node was started\nexit 99\n', { mode: 0o755 });
  });

  const look = (env: Readonly<Record<string, string>> = {}): Promise<[number | null, string]> =>
    run('sh', ['bin/zakops-health.sh', '--worker'], { PATH: `${nodes}:${process.env['PATH'] ?? ''}`, WORKER_HEARTBEAT_FILE: file, ...env });

  it.each<[number, number, RegExp]>([
    [0, 0, /^healthy: the last turn of the worker was \d s ago$/],
    [15, 0, /^healthy: the last turn of the worker was 1\d s ago$/],
    [FRESH_FOR_SECONDS + 5, 1, /^unhealthy: the worker has finished nothing for 2\d s$/],
    [-(FRESH_FOR_SECONDS + 15), 1, /^unhealthy: the worker has finished nothing for 3\d s$/],
  ])('judges a file that is %d s old with exit code %d, and starts no Node', async (age, code, line) => {
    const at = new Date(Date.now() - age * 1_000);
    await writeFile(file, '');
    await utimes(file, at, at);
    expect(await look()).toEqual([code, expect.stringMatching(line)]);
  });

  it('judges by the same limit as the heartbeat in the database', async () => {
    expect(await readFile('docker/bin/zakops-health.sh', 'utf8')).toContain(`\nFRESH_FOR_SECONDS=${String(FRESH_FOR_SECONDS)}\n`);
  });

  it('finds a worker unhealthy before it has begun, and after it was stopped', async () => {
    expect(await look()).toEqual([1, 'unhealthy: the worker has not begun, or was stopped']);
  });

  it('asks the database where nobody names a file', async () => {
    expect(await look({ WORKER_HEARTBEAT_FILE: '' })).toEqual([99, 'node was started']);
  });
});

describe('zakops-health --end-when-stuck', () => {
  it(
    'ends a worker after three bad looks in a row, and none that comes back before',
    async () => {
      const ages = ['30', '30', '1', '30', '30', '30'];
      const args = ['--map-root-user', '--pid', '--fork', '--kill-child', '--mount-proc', 'bash', '-c', PROGRAM, 'bash', ...ages];
      const [, output] = await run('unshare', args, { TMPDIR: folder, WORKER_HEARTBEAT_FILE: join(folder, 'heartbeat') });
      const [healthy, unhealthy] = [expect.stringMatching(/^healthy/), expect.stringMatching(/^unhealthy/)];
      expect(output.split('\n').filter((line) => !line.includes('Killed'))).toEqual([
        ...[unhealthy, 'lives', unhealthy, 'lives', healthy, 'lives'],
        ...[unhealthy, 'lives', unhealthy, 'lives', unhealthy, 'ended'],
      ]);
    },
    LIMIT_MS,
  );

  it('passes where neither API nor worker runs', async () => {
    const args = ['--map-root-user', '--pid', '--fork', '--kill-child', '--mount-proc', 'sh', 'bin/zakops-health.sh', '--end-when-stuck'];
    expect(await run('unshare', args, { TMPDIR: folder })).toEqual([0, 'no API and no worker here']);
  });
});
