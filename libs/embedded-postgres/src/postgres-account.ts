import { lchownSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { EmbeddedPostgresError } from './embedded-postgres.error.js';

/** The operating-system user that PostgreSQL runs as. */
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
 * @throws EmbeddedPostgresError `folder_not_usable` when the cluster belongs to somebody else and this process is not root
 * @throws EmbeddedPostgresError `no_account` when root finds no unprivileged user, or the current user has no name
 */
export function choosePostgresAccount(clusterDir: string): PostgresAccount {
  const uid = process.getuid?.() ?? 0;
  const gid = process.getgid?.() ?? 0;
  const owner = statSync(clusterDir, { throwIfNoEntry: false });
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
  if (owner !== undefined && owner.uid !== 0) return { uid: owner.uid, gid: owner.gid, dropsRoot: true };
  const account = findUser('postgres') ?? findUser('nobody');
  if (account === undefined) {
    throw new EmbeddedPostgresError(
      'no_account',
      'PostgreSQL refuses to run as root and there is no user "postgres" or "nobody" to run it as: start as another user, or set DATABASE_URL.',
    );
  }
  if (owner !== undefined) giveTo(clusterDir, account);
  return { ...account, dropsRoot: true };
}

/** initdb insists on it, although the server would do without. */
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

function giveTo(folder: string, { uid, gid }: { uid: number; gid: number }): void {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) giveTo(path, { uid, gid });
    else lchownSync(path, uid, gid);
  }
  lchownSync(folder, uid, gid);
}
