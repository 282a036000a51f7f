import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const COMPILED = pathToFileURL(join(process.cwd(), 'dist/libs/observability/src/log-stream.js')).href;

// Writes what waits for the end of the process, once it is told that nobody listens any more.
const PROGRAM = `
  import { logStream } from '${COMPILED}';
  const log = logStream();
  log.write('begun\\n');
  process.stdin.once('data', () => {
    log.write('ending\\n');
    process.exit(7);
  });`;

// A loop that blocks the process does not hear any other signal.
const GIVE_UP = { timeout: 15_000, killSignal: 'SIGKILL' } as const;

function start(stdout: 'pipe' | number): ReturnType<typeof spawn> {
  return spawn(process.execPath, ['--input-type=module', '-e', PROGRAM], { ...GIVE_UP, stdio: ['pipe', stdout, 'inherit'] });
}

describe('logStream', () => {
  it('writes what it still holds when the process ends', async () => {
    const child = start('pipe');
    let output = '';
    child.stdout?.on('data', (chunk: Buffer) => (output += chunk.toString()));
    child.stdin?.write('end');
    expect(await once(child, 'close')).toEqual([7, null]);
    expect(output).toBe('begun\nending\n');
  });

  it('lets the process end when nobody reads any more', async () => {
    const child = start('pipe');
    await once(child.stdout ?? child, 'data');
    child.stdout?.destroy();
    child.stdin?.write('end');
    expect(await once(child, 'exit')).toEqual([7, null]);
  });

  it('lets the process go on and end when the disk is full', async () => {
    const full = openSync('/dev/full', 'w');
    const child = start(full);
    closeSync(full);
    child.stdin?.write('end');
    expect(await once(child, 'exit')).toEqual([7, null]);
  });
});
