import { makeFolder } from '#zakops/testing';
import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import pg from 'pg';
import { EmbeddedPostgres } from './embedded-postgres.js';
import { type EmbeddedPostgresOptions } from './embedded-postgres.options.js';
import { locateBinaries } from './locate-binaries.js';
import { choosePostgresAccount } from './postgres-account.js';
import { makeBinariesRunnable } from './postgres-binaries.js';
import { readPostmasterPid } from './postmaster-pid.js';
import { readProcess } from './read-process.js';
import { waitUntil } from './wait-until.js';

const BUILT = join(__dirname, '..', '..', '..', 'dist', 'libs', 'embedded-postgres', 'src', 'index.js');
const AS_ROOT = process.getuid?.() === 0;
const NOBODY = 65_534;

describe(EmbeddedPostgres.name, () => {
  let folder: string;
  let dataDir: string;
  const servers: EmbeddedPostgres[] = [];
  const supervisors: ChildProcess[] = [];

  // For tests that are not about the first start: making and removing a cluster costs a second each time.
  const sharedFolder = makeFolder('zakops-postgres-shared-');

  afterAll(() => {
    rmSync(sharedFolder, { recursive: true, force: true });
  });

  beforeEach(() => {
    folder = makeFolder('zakops-postgres-');
    chmodSync(folder, 0o755);
    dataDir = join(folder, 'data');
  });

  function useSharedCluster(): void {
    dataDir = sharedFolder;
  }

  afterEach(async () => {
    for (const server of servers.splice(0)) await server.stop();
    for (const supervisor of supervisors.splice(0)) supervisor.kill('SIGKILL');
    const pid = readPostmasterPid(join(dataDir, 'cluster'))?.pid;
    await waitUntil(() => pid === undefined || !isPostgres(pid), 10_000);
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  });

  function postmasterPid(): number {
    const found = readPostmasterPid(join(dataDir, 'cluster'));
    if (found === undefined) throw new Error('PostgreSQL does not run');
    return found.pid;
  }

  async function start(options: Partial<EmbeddedPostgresOptions> = {}): Promise<EmbeddedPostgres> {
    const server = await EmbeddedPostgres.start({ dataDir, settings: { fsync: 'off' }, ...options });
    servers.push(server);
    return server;
  }

  /** The built library in a process of its own, to be killed; prints the URL when PostgreSQL is up. */
  function supervise(env: NodeJS.ProcessEnv = {}, uid?: number): ChildProcess & { readonly said: () => string } {
    const code = `import { EmbeddedPostgres } from ${JSON.stringify(BUILT)};
      const server = await EmbeddedPostgres.start({ dataDir: ${JSON.stringify(dataDir)}, settings: { fsync: 'off' } });
      setInterval(() => undefined, 1_000);
      console.log(server.url);`;
    const child = spawn(process.execPath, ['--input-type=module', '-e', code], {
      env: { ...process.env, NODE_OPTIONS: '', ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
      ...(uid === undefined ? {} : { uid, gid: uid }),
    });
    supervisors.push(child);
    let output = '';
    child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
    return Object.assign(child, { said: () => output });
  }

  async function urlOf(supervisor: { said: () => string }): Promise<string> {
    if (!(await waitUntil(() => supervisor.said().includes('\n'), 20_000))) throw new Error(`no start: ${supervisor.said()}`);
    const [line] = supervisor.said().split('\n');
    if (line?.startsWith('postgres://') !== true) throw new Error(supervisor.said());
    return line;
  }

  it('makes a UTF-8 database behind a password on first start, and keeps data and port', async () => {
    const first = await start();
    const [facts] = await query(
      first.url,
      'SELECT pg_encoding_to_char(encoding) AS encoding, datcollate FROM pg_database WHERE datname = current_database()',
    );
    expect(facts).toEqual({ encoding: 'UTF8', datcollate: 'C.UTF-8' });
    await query(first.url, 'DROP TABLE IF EXISTS kept; CREATE TABLE kept AS SELECT 1 AS n');
    await expect(query(first.url.replace(/:[^:@]+@/, ':wrong@'), 'SELECT 1')).rejects.toThrow('password authentication failed');
    await first.stop();

    const second = await start();

    expect(second.url).toBe(first.url);
    expect(await query(second.url, 'SELECT n FROM kept')).toEqual([{ n: 1 }]);
  });

  it('takes another port when the last one is taken, and refuses a taken port that was asked for', async () => {
    useSharedCluster();
    const first = await start();
    await first.stop();
    const squatter = createServer();
    await new Promise<void>((resolve) => squatter.listen(first.port, '127.0.0.1', resolve));

    await expect(start({ port: first.port })).rejects.toMatchObject({ code: 'port_taken' });
    const second = await start();

    squatter.close();
    expect(second.port).not.toBe(first.port);
    expect(await query(second.url, 'SELECT 1 AS n')).toEqual([{ n: 1 }]);
  });

  it('refuses a folder that is in use, naming who uses it', async () => {
    useSharedCluster();
    await start();

    await expect(start()).rejects.toMatchObject({ code: 'folder_in_use', message: expect.stringContaining(String(process.pid)) as string });
  });

  it('starts over when it was killed while making the cluster', async () => {
    const supervisor = supervise();
    await waitUntil(() => existsSync(dataDir) && readdirSync(dataDir).some((name) => name.startsWith('cluster-in-the-making')), 10_000, 1);
    supervisor.kill('SIGKILL');
    expect(existsSync(join(dataDir, 'cluster'))).toBe(false);

    const server = await start();

    expect(await query(server.url, 'SELECT 1 AS n')).toEqual([{ n: 1 }]);
    expect(readdirSync(dataDir).sort()).toEqual(['cluster', 'lock', 'password', 'port', 'postgres.log']);
  });

  it('shuts PostgreSQL down when its supervisor is killed', async () => {
    useSharedCluster();
    const supervisor = supervise();
    await urlOf(supervisor);
    const postmaster = postmasterPid();

    supervisor.kill('SIGKILL');

    expect(await waitUntil(() => !isPostgres(postmaster), 10_000)).toBe(true);
    expect(existsSync(join(dataDir, 'cluster', 'postmaster.pid'))).toBe(false);
  });

  it('ends a server that was left running where the kernel was not asked to end it', async () => {
    useSharedCluster();
    // Without setpriv on the PATH there is no death signal.
    const supervisor = supervise({ PATH: '/nonexistent' });
    await query(await urlOf(supervisor), 'DROP TABLE IF EXISTS kept; CREATE TABLE kept AS SELECT 1 AS n');
    const postmaster = postmasterPid();
    supervisor.kill('SIGKILL');
    await waitUntil(() => supervisor.signalCode !== null, 5_000);
    expect(isPostgres(postmaster)).toBe(true);

    const server = await start();

    expect(isPostgres(postmaster)).toBe(false);
    expect(await query(server.url, 'SELECT n FROM kept')).toEqual([{ n: 1 }]);
  });

  it('recovers when supervisor and PostgreSQL were killed together', async () => {
    useSharedCluster();
    const supervisor = supervise();
    await query(await urlOf(supervisor), 'DROP TABLE IF EXISTS kept; CREATE TABLE kept AS SELECT 1 AS n');
    const postmaster = postmasterPid();
    process.kill(postmaster, 'SIGKILL');
    supervisor.kill('SIGKILL');

    const server = await start();

    expect(await query(server.url, 'SELECT n FROM kept')).toEqual([{ n: 1 }]);
  });

  it('tells when PostgreSQL dies, and can then be started again', async () => {
    useSharedCluster();
    const first = await start();
    process.kill(postmasterPid(), 'SIGKILL');
    await first.exited;
    await first.stop();

    const second = await start({ port: first.port });

    expect(await query(second.url, 'SELECT 1 AS n')).toEqual([{ n: 1 }]);
  });

  it('does not wait for a long query of a server whose postmaster was killed', async () => {
    useSharedCluster();
    const first = await start();
    const busy = query(first.url, 'SELECT count(*) FROM generate_series(1, 10000000000)').catch((error: unknown) => error);
    const isBusy = async (): Promise<boolean> =>
      (await query(first.url, "SELECT 1 FROM pg_stat_activity WHERE query LIKE 'SELECT count%' AND state = 'active'")).length > 0;
    expect(await waitUntil(isBusy, 5_000)).toBe(true);
    process.kill(postmasterPid(), 'SIGKILL');
    await first.exited;
    await first.stop();

    const second = await start();

    expect(await query(second.url, 'SELECT 1 AS n')).toEqual([{ n: 1 }]);
    expect(await busy).toBeInstanceOf(Error);
  });

  it('is not misled by a pid file whose pid now belongs to another program', async () => {
    useSharedCluster();
    const first = await start();
    await first.stop();
    const stranger = spawn('sleep', ['60'], { uid: choosePostgresAccount(join(dataDir, 'cluster')).uid });
    writeFileSync(join(dataDir, 'cluster', 'postmaster.pid'), `${stranger.pid}\n${dataDir}\n0\n0\n\n\n0 0\nready\n`);

    const second = await start();

    expect(await query(second.url, 'SELECT 1 AS n')).toEqual([{ n: 1 }]);
    expect(stranger.exitCode ?? stranger.signalCode).toBeNull();
    stranger.kill();
  });

  it('refuses data of another major version', async () => {
    useSharedCluster();
    await (await start()).stop();
    const versionFile = join(dataDir, 'cluster', 'PG_VERSION');
    const version = readFileSync(versionFile);
    writeFileSync(versionFile, '12\n');

    await expect(start()).rejects.toMatchObject({ code: 'wrong_version', message: expect.stringContaining('PostgreSQL 12') as string });

    writeFileSync(versionFile, version);
  });

  it('keeps its data where only root can enter', async () => {
    chmodSync(folder, 0o700);

    const server = await start();

    expect(await query(server.url, 'SELECT 1 AS n')).toEqual([{ n: 1 }]);
  });

  (AS_ROOT ? it : it.skip)('works for a user without rights', async () => {
    mkdirSync(dataDir);
    chownSync(dataDir, NOBODY, NOBODY);

    const url = await urlOf(supervise({}, NOBODY));

    expect(await query(url, 'SELECT 1 AS n')).toEqual([{ n: 1 }]);
  });

  (AS_ROOT ? describe : describe.skip)('as root, in a folder that the account of PostgreSQL can change', () => {
    let victim: string;

    beforeEach(async () => {
      useSharedCluster();
      await (await start()).stop();
      victim = join(folder, 'of-root');
      // The pid of a living stranger: what made an earlier version rewrite the file.
      writeFileSync(victim, `${process.pid}\nkept\n`, { mode: 0o600 });
    });

    it('does not follow a link that stands as the pid file', async () => {
      const pidFile = join(dataDir, 'cluster', 'postmaster.pid');
      symlinkSync(victim, pidFile);

      await expect(start()).rejects.toMatchObject({ code: 'folder_not_usable', message: expect.stringContaining(pidFile) as string });

      rmSync(pidFile);
      expect(readFileSync(victim, 'utf8')).toBe(`${process.pid}\nkept\n`);
    });

    it('does not wait for a pipe that stands as the pid file', async () => {
      const pidFile = join(dataDir, 'cluster', 'postmaster.pid');
      execFileSync('mkfifo', [pidFile]);

      await expect(start()).rejects.toMatchObject({ code: 'folder_not_usable', message: expect.stringContaining(pidFile) as string });

      rmSync(pidFile);
    });

    it.each(['lock', 'password', 'postgres.log', 'cluster/PG_VERSION'])('reads and writes no file through a link as %s', async (name) => {
      const file = join(dataDir, name);
      const before = readFileSync(file);
      const { uid, gid } = statSync(file);
      rmSync(file);
      symlinkSync(victim, file);

      const refused = await start().catch((error: unknown) => error);

      rmSync(file);
      writeFileSync(file, before, { mode: 0o600 });
      chownSync(file, uid, gid);
      expect(refused).toMatchObject({ code: 'folder_not_usable' });
      expect(readFileSync(victim, 'utf8')).toBe(`${process.pid}\nkept\n`);
    });

    it('replaces a link as the port file, and leaves its target', async () => {
      rmSync(join(dataDir, 'port'));
      symlinkSync(victim, join(dataDir, 'port'));

      await start();

      expect(readFileSync(victim, 'utf8')).toBe(`${process.pid}\nkept\n`);
    });

    it('empties what a killed start left as its owner, and leaves what a link points to', async () => {
      const { uid, gid } = statSync(join(dataDir, 'cluster'));
      const staging = join(dataDir, 'cluster-in-the-making-abc');
      mkdirSync(staging);
      symlinkSync(folder, join(staging, 'data'));
      writeFileSync(join(staging, 'password'), 'x');
      chownSync(staging, uid, gid);

      await start();

      expect(existsSync(staging)).toBe(false);
      expect(existsSync(victim)).toBe(true);
    });

    it('gives no file away that has a second name elsewhere', () => {
      const copy = join(folder, 'copy');
      mkdirSync(copy, { mode: 0o700 });
      linkSync(victim, join(copy, 'PG_VERSION'));

      expect(() => choosePostgresAccount(copy)).toThrow('files with one name');

      expect(statSync(victim).uid).toBe(0);
    });

    it('is not kept out by a stranger who took the name of the lock of earlier versions', async () => {
      const { dev, ino } = statSync(dataDir);
      const squatter = createServer((socket) => socket.end('\u001b[2Jnobody'));
      await new Promise<void>((resolve) => squatter.listen(`\0zakops-folder-${dev}-${ino}`, resolve));

      const server = await start();

      squatter.close();
      expect(server.majorVersion).toBe(18);
    });
  });

  describe('programs', () => {
    it('get the library links that --ignore-scripts left out', async () => {
      const native = join(folder, 'native');
      cpSync(locateBinaries(), native, { recursive: true, filter: (path) => !/\/lib\/[^/]*\.so(\.\d+)?$/.test(path) });

      await expect(makeBinariesRunnable(native, choosePostgresAccount(dataDir), [])).resolves.toMatchObject({ majorVersion: 18 });
    });

    (AS_ROOT ? it : it.skip)('are copied when the account cannot reach them', async () => {
      const hidden = join(folder, 'only-root');
      mkdirSync(hidden, { mode: 0o700 });
      const native = join(hidden, 'native');
      cpSync(locateBinaries(), native, { recursive: true, verbatimSymlinks: true });
      const cache = join(folder, 'cache');

      const found = await makeBinariesRunnable(native, choosePostgresAccount(dataDir), [cache]);

      expect(found.postgres.startsWith(cache)).toBe(true);
      const again = await makeBinariesRunnable(native, choosePostgresAccount(dataDir), [cache]);
      expect(again).toEqual(found);
    });

    (AS_ROOT ? it : it.skip)('are not copied into a folder that others can write', async () => {
      const hidden = join(folder, 'only-root');
      mkdirSync(join(hidden, 'native'), { recursive: true, mode: 0o700 });
      const cache = join(folder, 'cache');
      mkdirSync(cache);
      chmodSync(cache, 0o777);

      await expect(makeBinariesRunnable(join(hidden, 'native'), choosePostgresAccount(dataDir), [cache])).rejects.toMatchObject({
        code: 'no_binaries',
      });
      expect(readdirSync(cache)).toEqual([]);
    });
  });
});

async function query(url: string, sql: string): Promise<unknown[]> {
  const client = new pg.Client(url);
  client.on('error', () => undefined);
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
}

function isPostgres(pid: number): boolean {
  const found = readProcess(pid);
  return found?.program === 'postgres' && !found.zombie;
}
