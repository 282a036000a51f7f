import { createHash } from 'node:crypto';
import { chmodSync, cpSync, existsSync, lstatSync, mkdirSync, mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { renameSync, rmSync, symlinkSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { EmbeddedPostgresError } from './embedded-postgres.error.js';
import { type PostgresAccount } from './postgres-account.js';
import { runToEnd, type ProgramResult } from './run-to-end.js';

/** PostgreSQL programs that the account can run. */
export interface PostgresBinaries {
  readonly postgres: string;
  readonly initdb: string;
  readonly majorVersion: number;
}

/**
 * Makes PostgreSQL's programs runnable for the account and proves it by running one.
 *
 * @remarks Tried in turn: as installed; with the library links that npm's `--ignore-scripts` leaves out; as a copy in a
 * cache folder, for an account that cannot reach the checkout (a checkout under /root). The data never needs a copy.
 * @param nativeDir - the folder with `bin`, `lib` and `share`
 * @param caches - folders for a copy, best first; only those that belong to this user alone are used
 * @throws EmbeddedPostgresError `no_binaries`, with what the last try said
 */
export async function makeBinariesRunnable(
  nativeDir: string,
  account: PostgresAccount,
  caches: readonly string[],
): Promise<PostgresBinaries> {
  let probe = await tryToRun(nativeDir, account);
  if (probe.found !== undefined) return probe.found;
  if (existsSync(nativeDir)) {
    if (addMissingLinks(nativeDir)) probe = await tryToRun(nativeDir, account);
    for (const cache of caches) {
      if (probe.found !== undefined) return probe.found;
      const copy = copyInto(cache, nativeDir);
      if (copy !== undefined) probe = await tryToRun(copy, account);
    }
    if (probe.found !== undefined) return probe.found;
  }
  throw new EmbeddedPostgresError(
    'no_binaries',
    `The embedded PostgreSQL in ${nativeDir} cannot be run by user id ${account.uid}: ${probe.output.trim().split('\n').at(-1) ?? ''}`,
  );
}

async function tryToRun(nativeDir: string, account: PostgresAccount): Promise<ProgramResult & { readonly found?: PostgresBinaries }> {
  const postgres = join(nativeDir, 'bin', 'postgres');
  const initdb = join(nativeDir, 'bin', 'initdb');
  const result = await runToEnd({ account, program: postgres, args: ['--version'], cwd: '/' });
  const version = /^postgres \(PostgreSQL\) (\d+)/m.exec(result.output)?.[1];
  if (result.code !== 0 || version === undefined) return result;
  return { ...result, found: { postgres, initdb, majorVersion: Number(version) } };
}

/** The package's install script makes these links; they matter because the programs name `libicuuc.so.60`, not `.60.2`. */
function addMissingLinks(nativeDir: string): boolean {
  let added = false;
  try {
    const list = JSON.parse(readFileSync(join(nativeDir, 'pg-symlinks.json'), 'utf8')) as { source: string; target: string }[];
    for (const { source, target } of list) {
      const link = join(nativeDir, '..', target);
      if (lstatSync(link, { throwIfNoEntry: false }) !== undefined) continue;
      symlinkSync(basename(source), link);
      added = true;
    }
  } catch {
    // No list (links are part of some packages), or a folder that this user may not change: the copy comes next.
  }
  return added;
}

function copyInto(cache: string, nativeDir: string): string | undefined {
  try {
    mkdirSync(cache, { recursive: true });
    if (!isOursAlone(cache)) return undefined;
    // A strict umask (077) would keep the account out.
    chmodSync(cache, 0o755);
    const target = join(cache, `postgresql-${fingerprint(nativeDir)}`);
    if (existsSync(target)) return isOursAlone(target) ? join(target, 'native') : undefined;
    // The rename at the end makes a killed copy invisible.
    const staging = mkdtempSync(`${target}.`);
    cpSync(nativeDir, join(staging, 'native'), { recursive: true, verbatimSymlinks: true });
    addMissingLinks(join(staging, 'native'));
    openToReaders(staging);
    try {
      renameSync(staging, target);
    } catch {
      rmSync(staging, { recursive: true, force: true });
    }
    return join(target, 'native');
  } catch {
    return undefined;
  }
}

/** In a world-writable parent such as /tmp another user could have put programs under this name. */
function isOursAlone(folder: string): boolean {
  const stat = lstatSync(folder);
  return stat.uid === process.getuid?.() && stat.isDirectory() && (stat.mode & 0o022) === 0;
}

/** A copy may inherit 0700 from a strict umask; these files are public anyway. */
function openToReaders(path: string): void {
  const stat = lstatSync(path);
  if (stat.isSymbolicLink()) return;
  chmodSync(path, stat.isDirectory() || (stat.mode & 0o100) !== 0 ? 0o755 : 0o644);
  if (stat.isDirectory()) for (const name of readdirSync(path)) openToReaders(join(path, name));
}

function fingerprint(nativeDir: string): string {
  const hash = createHash('sha256').update(readFileSync(join(nativeDir, 'bin', 'postgres')));
  for (const entry of readdirSync(nativeDir, { recursive: true, withFileTypes: true }).filter((found) => found.isFile())) {
    const path = join(entry.parentPath, entry.name);
    hash.update(`${dirname(path).slice(nativeDir.length)}/${entry.name}:${lstatSync(path).size}\n`);
  }
  return hash.digest('hex').slice(0, 16);
}
