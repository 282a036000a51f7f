import { spawnApi, spawnApp, spawnWorker } from '#zakops/testing';
import type { SpawnedApi, SpawnedApp } from '#zakops/testing';
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const ROOT = process.cwd();
const KEPT = join(ROOT, 'test/upgrade/releases');

type Environment = Readonly<Record<string, string>>;

/** Milliseconds for what comes within seconds on a machine that has nothing else to do: a bound and no expectation. */
export const PATIENCE_MS = 60_000;

/** How a command ended, and what it wrote. */
export interface CommandEnd {
  readonly code: number | null;
  readonly out: string;
  readonly error: string;
}

/** The compiled code of one version: of the checkout, or of a release that was kept. */
export class Release {
  private constructor(
    readonly version: string,
    readonly root: string,
    private readonly isTemporary: boolean,
  ) {}

  /** The code of this checkout. */
  static current(): Release {
    return new Release('current', ROOT, false);
  }

  /**
   * Unpacks the newest release that was kept by `release/keep-release.sh`. It lies below the checkout, whose packages it finds by that,
   * and its own package.json beside it leads `#zakops/*` to its own code.
   */
  static async previous(): Promise<Release> {
    const versions = (await readdir(KEPT)).filter((name) => name.endsWith('.tgz')).map((name) => name.slice(0, -'.tgz'.length));
    const version = versions.sort((a, b) => a.localeCompare(b, 'en', { numeric: true })).at(-1);
    if (version === undefined) throw new Error(`There is no release in ${KEPT}.`);
    const parent = join(ROOT, '.cache/releases');
    await mkdir(parent, { recursive: true });
    const root = await mkdtemp(join(parent, `${version}-`));
    await run('tar', ['-xzf', join(KEPT, `${version}.tgz`), '-C', root]);
    return new Release(version, root, true);
  }

  api(databaseUrl: string, env: Environment = {}): Promise<SpawnedApi> {
    return spawnApi(databaseUrl, { APP_VERSION: this.version, ...env }, this.root);
  }

  /** Waits until the worker holds the lease, unless `active` is false. */
  worker(databaseUrl: string, env: Environment = {}, active = true): Promise<SpawnedApp> {
    return spawnWorker(databaseUrl, env, active, this.root);
  }

  /** A command of the command line that is to go on beside the test. */
  start(databaseUrl: string, args: readonly string[]): SpawnedApp {
    return spawnApp('cli', { DATABASE_URL: databaseUrl }, args, this.root);
  }

  /** Runs a command of the command line to its end. */
  async cli(databaseUrl: string, args: readonly string[], input = '', env: Environment = {}): Promise<CommandEnd> {
    const child = spawn(process.execPath, [join(this.root, 'dist/apps/cli/src/main.js'), ...args], {
      env: { PATH: process.env['PATH'], DATABASE_URL: databaseUrl, ...env },
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    let [out, error] = ['', ''];
    child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (error += chunk.toString()));
    // A command that refuses its arguments does not wait for its input.
    child.stdin.on('error', () => undefined);
    child.stdin.end(input);
    const [code] = (await once(child, 'close')) as [number | null];
    return { code, out, error };
  }

  /** Brings a schema to this version. */
  async migrate(databaseUrl: string): Promise<CommandEnd> {
    const end = await this.cli(databaseUrl, ['migrate']);
    if (end.code !== 0) throw new Error(`${this.version} could not migrate: ${end.error}`);
    return end;
  }

  /** Removes what {@link previous} has unpacked. */
  async remove(): Promise<void> {
    if (this.isTemporary) await rm(this.root, { recursive: true, force: true });
  }
}
