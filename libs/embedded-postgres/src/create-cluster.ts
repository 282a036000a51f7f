import { constants, fsyncSync, lstatSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { type DataFolder } from './data-folder.js';
import { EmbeddedPostgresError } from './embedded-postgres.error.js';
import { giveDescriptor, GuardedFolder } from './guarded-folder.js';
import { type PostgresAccount } from './postgres-account.js';
import { type PostgresBinaries } from './postgres-binaries.js';
import { runToEnd } from './run-to-end.js';
import { waitUntil } from './wait-until.js';

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
  for (const name of readdirSync(folder.path)) if (name.startsWith(STAGING_PREFIX)) await removeStaging(join(folder.path, name));
  if (folder.hasCluster) return;

  const staging = mkdtempSync(join(folder.path, STAGING_PREFIX));
  const cluster = join(staging, 'data');
  prepareStaging(staging, folder.password(), account);

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

  // A server without a port, for one statement, so that this lib needs no database driver.
  const created = await runToEnd(
    {
      ...where,
      program: postgres,
      args: [...['--single', '-D', '/proc/self/cwd', '-c', 'exit_on_error=on'], ...(durable ? [] : ['-F']), 'postgres'],
    },
    `CREATE DATABASE ${DATABASE_NAME}\n`,
  );
  if (created.code !== 0) throw failure('the first database could not be made', created.output);

  GuardedFolder.use(folder.path, (target) => {
    GuardedFolder.use(staging, (source) => {
      renameSync(source.at('data'), target.at('cluster'));
    });
    if (durable) fsyncSync(target.descriptor);
  });
  await removeStaging(staging);
}

/** Makes what initdb needs, and gives it away from the leaves up, so that nobody can exchange the content before the end. */
function prepareStaging(path: string, password: string, account: PostgresAccount): void {
  GuardedFolder.use(path, (staging) => {
    staging.create('password', password);
    mkdirSync(staging.at('data'), { mode: 0o700 });
    if (!account.dropsRoot) return;
    try {
      staging.withFile('password', constants.O_RDONLY, (file) => {
        giveDescriptor(file, account, 0o600);
      });
      GuardedFolder.use(staging.at('data'), ({ descriptor }) => {
        giveDescriptor(descriptor, account, 0o700);
      });
      giveDescriptor(staging.descriptor, account, 0o700);
    } catch (error) {
      throw new EmbeddedPostgresError(
        'folder_not_usable',
        `${path} cannot be given to user id ${account.uid}, which has to run PostgreSQL (${String(error)}): use a folder on another file system.`,
        [],
        { cause: error },
      );
    }
  });
}

/** Removes a staging folder that a start left behind, which root may have given to PostgreSQL's account. */
async function removeStaging(path: string): Promise<void> {
  const { uid, gid } = lstatSync(path);
  if (process.getuid?.() !== 0 || !lstatSync(path).isDirectory()) {
    // Retried, as the last child of a killed initdb may still be writing there.
    rmSync(path, { recursive: true, force: true, maxRetries: 10 });
    return;
  }
  if (uid === 0) emptyOwnStaging(path);
  else await emptyAsOwner(path, { uid, gid });
  rmdirSync(path);
}

/** A staging folder that was not given away holds only files and empty folders. */
function emptyOwnStaging(path: string): void {
  GuardedFolder.use(path, (staging) => {
    for (const entry of readdirSync(staging.at('.'), { withFileTypes: true })) {
      if (entry.isDirectory()) rmdirSync(staging.at(entry.name));
      else rmSync(staging.at(entry.name));
    }
  });
}

/** Root empties the folder of another user with that user's rights, because the user could exchange its content meanwhile. */
async function emptyAsOwner(path: string, owner: { readonly uid: number; readonly gid: number }): Promise<void> {
  const names = GuardedFolder.use(path, (staging) => readdirSync(staging.at('.')));
  const isEmpty = await waitUntil(
    async () => {
      const removal = { account: { ...owner, dropsRoot: true }, program: 'rm', args: ['-rf', '--', ...names], cwd: path };
      return (await runToEnd(removal)).code === 0;
    },
    2_000,
    100,
  );
  if (isEmpty) return;
  throw new EmbeddedPostgresError('folder_not_usable', `${path} cannot be emptied as user id ${owner.uid}: remove it.`);
}

function failure(what: string, output: string): EmbeddedPostgresError {
  const lines = output.trim().split('\n').slice(-15);
  return new EmbeddedPostgresError('start_failed', `PostgreSQL could not be set up: ${what}.`, lines);
}
