import { chmodSync, chownSync, closeSync, existsSync, fsyncSync, mkdirSync, mkdtempSync, openSync, readdirSync } from 'node:fs';
import { renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type DataFolder } from './data-folder.js';
import { EmbeddedPostgresError } from './embedded-postgres.error.js';
import { type PostgresAccount } from './postgres-account.js';
import { type PostgresBinaries } from './postgres-binaries.js';
import { runToEnd } from './run-to-end.js';

/** Superuser and database of a new cluster have the same name. */
export const DATABASE_NAME = 'zakops';

const STAGING_PREFIX = 'cluster-in-the-making-';

/**
 * Makes a cluster (UTF8, C.UTF-8, passwords by SCRAM) with an empty database, unless there is one.
 *
 * @remarks Made under another name and renamed at the end, so that a start killed on the way leaves nothing that looks like
 * a cluster. PostgreSQL works through `/proc/self/cwd`: that path is open to it also when a parent folder is not.
 * @param durable - false skips the flush to disk
 * @throws EmbeddedPostgresError `start_failed` with initdb's words, `folder_not_usable` when files cannot be given away
 */
export async function createCluster(
  folder: DataFolder,
  account: PostgresAccount,
  { initdb, postgres }: PostgresBinaries,
  durable: boolean,
): Promise<void> {
  for (const name of readdirSync(folder.path)) {
    // Retried, as the last child of a killed initdb may still be writing there.
    if (name.startsWith(STAGING_PREFIX)) rmSync(join(folder.path, name), { recursive: true, force: true, maxRetries: 10 });
  }
  if (existsSync(folder.cluster)) return;

  const staging = mkdtempSync(join(folder.path, STAGING_PREFIX));
  const cluster = join(staging, 'data');
  mkdirSync(cluster, { mode: 0o700 });
  const passwordFile = join(staging, 'password');
  writeFileSync(passwordFile, folder.password(), { mode: 0o600 });
  for (const path of [passwordFile, cluster, staging]) giveAway(path, account);

  const where = { account, cwd: cluster };
  const made = await runToEnd({
    ...where,
    program: initdb,
    args: [
      ...['--pgdata=/proc/self/cwd', `--username=${DATABASE_NAME}`, '--pwfile=../password', '--auth=scram-sha-256'],
      ...['--encoding=UTF8', '--locale=C.UTF-8', '--no-instructions', ...(durable ? [] : ['--no-sync'])],
    ],
  });
  if (made.code !== 0) throw failure('initdb failed', made.output);

  // A server without a port, for one statement: so this library needs no database driver.
  const created = await runToEnd(
    {
      ...where,
      program: postgres,
      args: [...['--single', '-D', '/proc/self/cwd', '-c', 'exit_on_error=on'], ...(durable ? [] : ['-F']), 'postgres'],
    },
    `CREATE DATABASE ${DATABASE_NAME}\n`,
  );
  if (created.code !== 0) throw failure('the first database could not be made', created.output);

  renameSync(cluster, folder.cluster);
  if (durable) syncFolder(folder.path);
  rmSync(staging, { recursive: true, force: true });
}

function giveAway(path: string, account: PostgresAccount): void {
  if (!account.dropsRoot) return;
  try {
    chownSync(path, account.uid, account.gid);
    // chown clears nothing that matters here, but some shared folders ignore it: look before initdb complains.
    if (statSync(path).uid !== account.uid) throw new Error('the owner did not change');
    chmodSync(path, statSync(path).isDirectory() ? 0o700 : 0o600);
  } catch (error) {
    throw new EmbeddedPostgresError(
      'folder_not_usable',
      `${path} cannot be given to user id ${account.uid}, which has to run PostgreSQL (${String(error)}): use a folder on another file system.`,
      [],
      { cause: error },
    );
  }
}

function failure(what: string, output: string): EmbeddedPostgresError {
  const lines = output.trim().split('\n').slice(-15);
  return new EmbeddedPostgresError('start_failed', `PostgreSQL could not be set up: ${what}.`, lines);
}

function syncFolder(path: string): void {
  const fd = openSync(path, 'r');
  fsyncSync(fd);
  closeSync(fd);
}
