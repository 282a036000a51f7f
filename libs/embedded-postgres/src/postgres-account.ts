import { closeSync, constants, fstatSync, lchownSync, lstatSync, openSync, readdirSync, readFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { EmbeddedPostgresError } from './embedded-postgres.error.js';
import { giveDescriptor, GuardedFolder } from './guarded-folder.js';

/** The operating-system user that runs PostgreSQL. */
export interface PostgresAccount {
  readonly uid: number;
  readonly gid: number;
  /** This process is root and has to give its rights up, because PostgreSQL refuses to run as root. */
  readonly dropsRoot: boolean;
}

/**
 * Decides who runs PostgreSQL: the current user, or when that is root the owner of the existing cluster, else `postgres`,
 * else `nobody`.
 *
 * @remarks No user is ever created. A cluster that came to belong to root (a restored copy) is given to the account.
 * @throws EmbeddedPostgresError `folder_not_usable` when the cluster belongs to another user and this process is not root
 * @throws EmbeddedPostgresError `no_account` when root finds no unprivileged user, or the current user has no name
 */
export function choosePostgresAccount(clusterDir: string): PostgresAccount {
  const uid = process.getuid?.() ?? 0;
  const gid = process.getgid?.() ?? 0;
  const owner = lstatSync(clusterDir, { throwIfNoEntry: false });
  if (uid !== 0) {
    if (owner !== undefined && owner.uid !== uid) {
      throw new EmbeddedPostgresError(
        'folder_not_usable',
        `The data in ${clusterDir} belongs to user id ${owner.uid}, but this process runs as ${uid}: start as that user (or as root), or use another folder.`,
      );
    }
    if (owner === undefined) requireName(uid);
    return { uid, gid, dropsRoot: false };
  }
  if (owner?.isDirectory() === false) {
    throw new EmbeddedPostgresError('folder_not_usable', `${clusterDir} is not a folder: root follows no link there.`);
  }
  if (owner !== undefined && owner.uid !== 0) return { uid: owner.uid, gid: owner.gid, dropsRoot: true };
  const account = findUser('postgres') ?? findUser('nobody');
  if (account === undefined) {
    throw new EmbeddedPostgresError(
      'no_account',
      'PostgreSQL refuses to run as root and there is no user "postgres" or "nobody" to run it as: start as another user, or set DATABASE_URL.',
    );
  }
  if (owner !== undefined) giveCluster(clusterDir, account);
  return { ...account, dropsRoot: true };
}

/** Only initdb insists on a name; the server does not. */
function requireName(uid: number): void {
  try {
    userInfo();
  } catch (error) {
    throw new EmbeddedPostgresError(
      'no_account',
      `PostgreSQL cannot be set up by a user without a name, and user id ${uid} has none in /etc/passwd: add one, start as another user, or set DATABASE_URL.`,
      [],
      { cause: error },
    );
  }
}

function findUser(name: string): { uid: number; gid: number } | undefined {
  let users: string;
  try {
    users = readFileSync('/etc/passwd', 'utf8');
  } catch {
    return undefined;
  }
  for (const line of users.split('\n')) {
    const [user, , uid, gid] = line.split(':');
    if (user === name && Number(uid) > 0) return { uid: Number(uid), gid: Number(gid) };
  }
  return undefined;
}

function giveCluster(clusterDir: string, account: { readonly uid: number; readonly gid: number }): void {
  try {
    giveTo(clusterDir, account);
  } catch (error) {
    throw new EmbeddedPostgresError(
      'folder_not_usable',
      `The data in ${clusterDir} cannot be given to user id ${account.uid}, which has to run PostgreSQL (${(error as Error).message}).`,
      [],
      { cause: error },
    );
  }
}

/**
 * Gives a folder of root away, from the leaves up, so that nobody can exchange the content before the end.
 *
 * @remarks A folder that belongs to the account was given away by an earlier start that was killed.
 */
function giveTo(path: string, account: { readonly uid: number; readonly gid: number }): void {
  GuardedFolder.use(path, (folder) => {
    if (folder.stat.uid === account.uid) return;
    if (folder.stat.uid !== 0 || (folder.stat.mode & 0o022) !== 0) throw new Error(`others than root can write in ${path}`);
    for (const entry of readdirSync(folder.at('.'), { withFileTypes: true })) {
      const name = folder.at(entry.name);
      if (entry.isDirectory()) giveTo(name, account);
      else if (entry.isSymbolicLink()) lchownSync(name, account.uid, account.gid);
      else giveFile(name, account);
    }
    giveDescriptor(folder.descriptor, account, folder.stat.mode & 0o7777);
  });
}

/** Refuses a file with a second name, which may be the file of another user elsewhere. */
function giveFile(path: string, account: { readonly uid: number; readonly gid: number }): void {
  const descriptor = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  try {
    const stat = fstatSync(descriptor);
    if (!stat.isFile() || stat.nlink > 1) throw new Error('it holds something else than folders, links and files with one name');
    giveDescriptor(descriptor, account, stat.mode & 0o777);
  } finally {
    closeSync(descriptor);
  }
}
