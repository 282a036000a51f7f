import { freePort, installPrograms, waitFor } from '#zakops/testing';
import { execFile, spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { appendFile, chmod, chown, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';

const run = promisify(execFile);
const BIN = '/usr/lib/postgresql/15/bin';
// The server: its package brings the tools along, and theirs comes without it.
const PROGRAM = join(BIN, 'postgres');
const IS_ROOT = process.getuid?.() === 0;

/** A folder of a test that the account of PostgreSQL may write to. */
export class Workshop {
  private constructor(
    readonly folder: string,
    private readonly account: { readonly uid: number; readonly gid: number } | undefined,
  ) {}

  /** Installs PostgreSQL 15 with its tools by apt when it is missing. */
  static async open(): Promise<Workshop> {
    if (!existsSync(PROGRAM)) await install();
    const folder = await mkdtemp(join(tmpdir(), 'zakops-backup-'));
    if (!IS_ROOT) return new Workshop(folder, undefined);
    const idOf = async (flag: string): Promise<number> => Number((await run('id', [flag, 'postgres'])).stdout);
    const account = { uid: await idOf('-u'), gid: await idOf('-g') };
    await chmod(folder, 0o755);
    await chown(folder, account.uid, account.gid);
    return new Workshop(folder, account);
  }

  path(name: string): string {
    return join(this.folder, name);
  }

  /** Makes a folder. */
  async makeFolder(name: string): Promise<string> {
    const path = this.path(name);
    await mkdir(path);
    if (this.account !== undefined) await chown(path, this.account.uid, this.account.gid);
    return path;
  }

  /** Runs a script as the account of PostgreSQL, with its tools on the PATH, and gives what it printed. */
  async bash(script: string, env: Readonly<Record<string, string>>): Promise<string> {
    const { stdout } = await run('bash', ['--norc', '-euo', 'pipefail', '-c', script], {
      ...this.account,
      cwd: this.folder,
      env: { PATH: `${BIN}:${process.env['PATH'] ?? ''}`, LC_ALL: 'C.UTF-8', ...env },
    });
    return stdout;
  }

  /** Makes an empty cluster and starts it. */
  async newServer(name: string, settings = ''): Promise<DebianPostgres> {
    await this.bash(`initdb --pgdata="$DATA" --auth=trust --username=zakops --encoding=UTF8 --locale=C.UTF-8 --no-sync`, {
      DATA: this.path(name),
    });
    await appendFile(join(this.path(name), 'postgresql.conf'), settings);
    return this.startServer(name);
  }

  /** Starts a server on a folder that has data already. */
  async startServer(name: string): Promise<DebianPostgres> {
    const port = String(await freePort());
    const options = ['-p', port, '-k', '', '-c', 'listen_addresses=127.0.0.1', '-c', 'fsync=off', '-c', 'max_connections=100'];
    const identity =
      this.account === undefined ? [] : [`--reuid=${String(this.account.uid)}`, `--regid=${String(this.account.gid)}`, '--clear-groups'];
    // A test that is killed takes its servers along.
    const child = spawn('setpriv', [...identity, '--pdeathsig', 'QUIT', '--', PROGRAM, '-D', this.path(name), ...options], {
      cwd: this.folder,
      env: { LC_ALL: 'C.UTF-8' },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    const log: string[] = [];
    child.stderr.on('data', (chunk: Buffer) => log.push(chunk.toString()));
    const server = new DebianPostgres(child, `postgres://zakops@127.0.0.1:${port}/postgres`, log);
    await server.takesConnections();
    return server;
  }

  async close(): Promise<void> {
    await rm(this.folder, { recursive: true, force: true });
  }
}

/** A running server of PostgreSQL 15. */
export class DebianPostgres {
  readonly #exited: Promise<unknown>;

  constructor(
    private readonly child: ChildProcess,
    /** Of the database `postgres`, as a superuser. */
    readonly url: string,
    private readonly log: readonly string[],
  ) {
    this.#exited = once(child, 'exit');
  }

  urlOf(database: string): string {
    const url = new URL(this.url);
    url.pathname = `/${database}`;
    return url.href;
  }

  async takesConnections(): Promise<void> {
    await waitFor('PostgreSQL to take connections', async () => {
      if (this.child.exitCode !== null) throw new Error(`PostgreSQL ended: ${this.log.slice(-5).join('')}`);
      const client = new pg.Client({ connectionString: this.url });
      await client.connect();
      await client.end();
      return true;
    });
  }

  /** Stops in order; `SIGQUIT` lets it fall down. */
  async stop(signal: 'SIGINT' | 'SIGQUIT' = 'SIGINT'): Promise<void> {
    this.child.kill(signal);
    await this.#exited;
  }
}

async function install(): Promise<void> {
  // The package starts a server of its own otherwise.
  await mkdir('/etc/postgresql-common/createcluster.d', { recursive: true });
  await writeFile('/etc/postgresql-common/createcluster.d/no-cluster.conf', 'create_main_cluster = false\n');
  await installPrograms({ [PROGRAM]: 'postgresql-15' });
}
