import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

// A worker has 45 seconds to start before its health check ends it.
const LIMIT_MS = 120_000;

// In a world of its own, where no other worker runs that it could end. Says after each look whether the worker is still there.
const PROGRAM = `
  node -e 'setInterval(() => {}, 1000)' /x/zakops-worker & worker=$!
  sleep 46
  for verdict in "$@"; do
    echo $verdict > verdict
    node bin/zakops-health.mjs --end-when-stuck
    sleep 0.2
    if kill -0 $worker 2>/dev/null; then echo lives; else echo ended; fi
  done
  kill -9 $worker 2>/dev/null; true`;

// Stands in for the command line: what it would say is in a file.
const STAND_IN = `import { readFileSync } from 'node:fs'; process.exitCode = Number(readFileSync('verdict', 'utf8'));`;

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'end-when-stuck-'));
  await cp('docker/bin', join(folder, 'bin'), { recursive: true });
  await mkdir(join(folder, 'dist/apps/cli/src'), { recursive: true });
  await writeFile(join(folder, 'dist/apps/cli/src/main.js'), STAND_IN);
  await writeFile(join(folder, 'package.json'), '{"type":"module"}');
});
afterEach(() => rm(folder, { recursive: true }));

async function look(...verdicts: readonly (0 | 1)[]): Promise<readonly string[]> {
  const args = [
    '--map-root-user',
    '--pid',
    '--fork',
    '--kill-child',
    '--mount-proc',
    'bash',
    '-c',
    PROGRAM,
    'bash',
    ...verdicts.map(String),
  ];
  const child = spawn('unshare', args, {
    cwd: folder,
    env: { PATH: process.env['PATH'], TMPDIR: folder },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  let output = '';
  child.stdout.on('data', (part: Buffer) => (output += part.toString()));
  await once(child, 'close');
  return output.trim().split('\n');
}

describe('zakops-health --end-when-stuck', () => {
  it(
    'ends a worker after three bad looks in a row, and none that comes back before, as when the database was away',
    async () => {
      expect(await look(1, 1, 0, 1, 1, 1)).toEqual(['lives', 'lives', 'lives', 'lives', 'lives', 'ended']);
    },
    LIMIT_MS,
  );
});
