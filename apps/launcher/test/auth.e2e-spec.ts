import { freePort, makeFolder, waitFor } from '#zakops/testing';
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';

const MAIN = join(process.cwd(), 'dist/apps/launcher/src/main.js');

interface Start {
  readonly child: ChildProcess;
  readonly url: string;
  output(): string;
}

/** `npm start -- --auth` without its build, with the real programs. */
describe('npm start -- --auth', () => {
  let folder: string;
  let starts: Start[];

  beforeEach(() => {
    starts = [];
    folder = makeFolder('zakops-auth-');
  });

  afterEach(async () => {
    for (const { child } of starts) await end(child);
    rmSync(folder, { recursive: true, force: true });
  });

  async function start(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Start> {
    const port = String(await freePort());
    const child = spawn(process.execPath, [MAIN, ...args], {
      cwd: folder,
      env: { PATH: process.env['PATH'], ZAKOPS_DATA_DIR: join(folder, 'data'), PORT: port, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let text = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (text += chunk.toString()));
    const started = { child, url: `http://127.0.0.1:${port}`, output: () => text };
    starts.push(started);
    return started;
  }

  async function end(child: ChildProcess): Promise<number | null> {
    if (child.exitCode === null && child.signalCode === null) {
      child.kill('SIGINT');
      await once(child, 'exit');
    }
    return child.exitCode;
  }

  const running = (started: Start): Promise<true> =>
    waitFor(
      'the banner',
      () => {
        if (started.child.exitCode !== null) throw new Error(`it ended: ${started.output().slice(-800)}`);
        return started.output().includes('Ctrl-C stops everything');
      },
      90_000,
    );

  const logIn = (url: string, password: string): Promise<Response> =>
    fetch(`${url}/api/auth/login`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ email: 'admin@zakops.local', password }),
    });

  it('makes a first administrator, prints the password once, requires login, and keeps sessions over a restart', async () => {
    const first = await start(['--auth']);
    await running(first);
    expect(first.output()).toContain('  Login      admin@zakops.local\n');
    const [, password = ''] = / {2}Password {3}(\S+) {3}\(shown this once/.exec(first.output()) ?? [];
    expect(password).toMatch(/^[\w-]{20}$/);
    // In the banner, and in no line of a child.
    expect(first.output().split(password)).toHaveLength(2);

    expect((await fetch(`${first.url}/api/deals`)).status).toBe(401);
    const login = await logIn(first.url, password);
    expect(login.status).toBe(200);
    const cookie = login.headers
      .getSetCookie()
      .map((line) => line.split(';', 1)[0])
      .join('; ');
    expect((await fetch(`${first.url}/api/deals`, { headers: { cookie } })).status).toBe(200);

    const secretFile = join(folder, 'data', 'session-secret');
    expect(statSync(secretFile).mode & 0o777).toBe(0o600);
    expect(first.output()).not.toContain(readFileSync(secretFile, 'utf8'));
    expect(await end(first.child)).toBe(0);

    const second = await start(['--auth']);
    await running(second);
    expect(second.output()).toContain('  Login      required; there are operators already, so none was made\n');
    expect(second.output()).not.toContain('Password ');
    expect((await fetch(`${second.url}/api/auth/me`, { headers: { cookie } })).status).toBe(200);
    expect((await fetch(`${second.url}/api/deals`)).status).toBe(401);
  }, 180_000);

  it('leaves the system open without it, and says nothing of a login', async () => {
    const started = await start([]);
    await running(started);
    expect(started.output()).not.toContain('Login ');
    expect((await fetch(`${started.url}/api/deals`)).status).toBe(200);
  }, 90_000);

  it.each(['--Auth', '--auth=false', 'auth'])('refuses %s, and starts nothing', async (argument) => {
    const { child, output } = await start([argument]);
    await once(child, 'close');
    expect(child.exitCode).toBe(1);
    expect(output()).toBe(`ZakOps cannot run: There is no argument ${argument}: npm start -- --help tells which there are.\n`);
  });

  it('tells with --help what there is, and starts nothing', async () => {
    const { child, output } = await start(['--help']);
    await once(child, 'close');
    expect(child.exitCode).toBe(0);
    expect(output()).toContain('npm start -- --auth ');
  });
});
