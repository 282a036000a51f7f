import { spawn } from 'node:child_process';
import { chownSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readProcess } from '#zakops/embedded-postgres';
import { ChildRegistry } from './child-registry.js';

const AS_ROOT = process.getuid?.() === 0;
const NOBODY = 65_534;

describe(ChildRegistry.name, () => {
  let dataDir: string;

  beforeEach(() => {
    dataDir = mkdtempSync(join(tmpdir(), 'zakops-registry-'));
  });

  afterEach(() => {
    rmSync(dataDir, { recursive: true });
  });

  (AS_ROOT ? it : it.skip)('ends no process because another user named it', async () => {
    const stranger = spawn('sleep', ['60']);
    const pid = stranger.pid ?? 0;
    const file = join(dataDir, 'children.json');
    writeFileSync(file, JSON.stringify([{ name: 'api', pid, identity: readProcess(pid)?.identity }]));
    chownSync(file, NOBODY, NOBODY);
    chownSync(dataDir, NOBODY, NOBODY);
    const said: string[] = [];

    await new ChildRegistry(dataDir).stopLeftovers((line) => said.push(line));

    expect([said, stranger.signalCode]).toEqual([[], null]);
    stranger.kill('SIGKILL');
  });

  it('writes into no file that a link points to', async () => {
    const target = join(dataDir, 'kept');
    writeFileSync(target, 'kept');
    for (const name of ['children.json', 'children.json.new']) symlinkSync(target, join(dataDir, name));

    await new ChildRegistry(dataDir).stopLeftovers(() => undefined);

    expect(readFileSync(target, 'utf8')).toBe('kept');
  });
});
