import { freePort, waitFor } from '#zakops/testing';
import { execFileSync, spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const ROOT = process.cwd();
const isRoot = process.getuid?.() === 0;

interface Start {
  readonly child: ChildProcess;
  readonly url: string;
  output(): string;
}

/** `npm start` without its build: the launcher with the real programs, as a newcomer runs it. */
describe('npm start with the real programs', () => {
  let folder: string;
  let starts: Start[];

  beforeEach(() => {
    starts = [];
    folder = mkdtempSync(join(tmpdir(), 'zakops-real-'));
    chmodSync(folder, 0o755);
  });

  afterEach(async () => {
    for (const { child } of starts) {
      if (child.exitCode !== null || child.signalCode !== null) continue;
      const exited = once(child, 'exit');
      child.kill('SIGINT');
      await exited;
    }
    rmSync(folder, { recursive: true, force: true });
  });

  async function start(dataDir: string, env: Readonly<Record<string, string>> = {}, as: readonly string[] = []): Promise<Start> {
    const port = env['PORT'] ?? String(await freePort());
    const args = [...as, process.execPath, join(ROOT, 'dist/apps/launcher/src/main.js')];
    const [program = '', ...rest] = args;
    const child = spawn(program, rest, {
      cwd: folder,
      env: { PATH: process.env['PATH'], ZAKOPS_DATA_DIR: dataDir, PORT: port, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let text = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (text += chunk.toString()));
    const started = { child, url: `http://127.0.0.1:${port}`, output: () => text };
    starts.push(started);
    return started;
  }

  const running = (started: Start): Promise<true> =>
    waitFor(
      'the banner',
      () => {
        if (started.child.exitCode !== null) throw new Error(`it ended: ${started.output().slice(-800)}`);
        return started.output().includes('ZakOps is running');
      },
      60_000,
    );

  const openDeal = async (url: string, name: string): Promise<number> =>
    (
      await fetch(`${url}/api/deals`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ canonical_name: name }),
      })
    ).status;

  const activityOf = async (url: string, dealId: string): Promise<number> =>
    ((await (await fetch(`${url}/api/deals/${dealId}/events`)).json()) as unknown[]).length;

  /** Every process that works for this folder, found by the folder's name in its command line or environment. */
  function processesOf(dataDir: string): number[] {
    return readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
      .filter((pid) => {
        try {
          const known = readFileSync(`/proc/${pid}/environ`, 'utf8') + readFileSync(`/proc/${pid}/cmdline`, 'utf8');
          return known.includes(dataDir) && !readFileSync(`/proc/${pid}/stat`, 'utf8').includes(') Z ');
        } catch {
          return false;
        }
      })
      .map(Number);
  }

  async function end(started: Start, signal: NodeJS.Signals): Promise<number | null> {
    const exited = once(started.child, 'exit') as Promise<[number | null]>;
    started.child.kill(signal);
    return (await exited)[0];
  }

  it('serves from nothing, keeps its data over kill -9 of everything, and stops in order', async () => {
    const dataDir = join(folder, 'data');
    const first = await start(dataDir);
    await running(first);
    expect(await openDeal(first.url, 'before')).toBe(201);
    await waitFor('the worker', async () => (await activityOf(first.url, 'DEAL-000001')) === 1);

    const pids = processesOf(dataDir);
    expect(pids.length).toBeGreaterThanOrEqual(3);
    for (const pid of pids) {
      try {
        process.kill(pid, 'SIGKILL');
      } catch {
        // It went with its parent.
      }
    }
    if (first.child.exitCode === null && first.child.signalCode === null) await once(first.child, 'exit');

    const second = await start(dataDir);
    await running(second);
    expect(await activityOf(second.url, 'DEAL-000001')).toBe(1);
    expect(await openDeal(second.url, 'after')).toBe(201);
    await waitFor('the worker', async () => (await activityOf(second.url, 'DEAL-000002')) === 1);

    expect(await end(second, 'SIGINT')).toBe(0);
    expect(processesOf(dataDir)).toEqual([]);
  }, 120_000);

  it('uses the server of DATABASE_URL and starts none', async () => {
    const own = await start(join(folder, 'data'));
    await running(own);
    const databaseUrl = /postgres:\/\/\S+/.exec(own.output())?.[0] ?? '';
    const dataDir = join(folder, 'unused');
    const other = await start(dataDir, { DATABASE_URL: databaseUrl });
    await running(other);
    expect(await openDeal(other.url, 'elsewhere')).toBe(201);
    expect(existsSync(dataDir)).toBe(false);
    expect(other.output()).not.toContain(new URL(databaseUrl).password);
    expect(await end(other, 'SIGTERM')).toBe(0);
    expect((await fetch(`${own.url}/health`)).status).toBe(200);
  }, 120_000);

  it('says in one sentence that the port is taken', async () => {
    const taken = createServer().listen(0);
    await once(taken, 'listening');
    const { port } = taken.address() as { port: number };
    const started = await start(join(folder, 'data'), { PORT: String(port) });
    const [code] = (await once(started.child, 'exit')) as [number];
    taken.close();
    expect(code).toBe(1);
    const lines = started.output().trim().split('\n');
    expect(lines.at(-1)).toContain(String(port));
    expect(started.output()).not.toMatch(/\bat .+:\d+:\d+/);
  }, 60_000);

  it.each([
    ['unreadable', 'http://nowhere'],
    ['of a server that is not there', 'postgresql://u:hidden-word@127.0.0.1:1/zakops'],
  ])(
    'says in one sentence that DATABASE_URL is %s',
    async (_what, url) => {
      const started = await start(join(folder, 'data'), { DATABASE_URL: url });
      const [code] = (await once(started.child, 'exit')) as [number];
      expect(code).toBe(1);
      expect(started.output().trim().split('\n')).toHaveLength(1);
      expect(started.output()).toContain('DATABASE_URL');
      expect(started.output()).not.toContain('hidden-word');
    },
    60_000,
  );

  if (isRoot) {
    it('works as root where only root can enter', async () => {
      const closed = join(folder, 'closed');
      mkdirSync(closed, { mode: 0o700 });
      const started = await start(join(closed, 'data'));
      await running(started);
      expect(await openDeal(started.url, 'behind doors')).toBe(201);
      expect(await end(started, 'SIGINT')).toBe(0);
    }, 90_000);

    it('works for a user who is not root', async () => {
      const dataDir = join(folder, 'theirs');
      mkdirSync(dataDir);
      const uid = Number(execFileSync('id', ['-u', 'nobody']).toString());
      execFileSync('chown', [String(uid), dataDir, folder]);
      const started = await start(dataDir, {}, ['setpriv', `--reuid=${uid}`, '--regid=65534', '--clear-groups']);
      await running(started);
      expect(await openDeal(started.url, 'of nobody')).toBe(201);
      expect(await end(started, 'SIGINT')).toBe(0);
    }, 90_000);
  }
});
