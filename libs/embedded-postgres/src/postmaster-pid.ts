import { constants, ftruncateSync, writeSync } from 'node:fs';
import { GuardedFolder, readText } from './guarded-folder.js';

const FILE = 'postmaster.pid';

/** What PostgreSQL writes about itself into `postmaster.pid`. */
export interface PostmasterPid {
  readonly pid: number;
  /** `starting`, `ready`, `stopping` or `standby`; empty before PostgreSQL has said. */
  readonly status: string;
}

/** Reads `postmaster.pid` of a cluster; undefined for a missing, an unfinished and a foreign file. */
export function readPostmasterPid(clusterDir: string): PostmasterPid | undefined {
  let lines: string[];
  try {
    lines = GuardedFolder.use(clusterDir, (cluster) => cluster.read(FILE) ?? '').split('\n');
  } catch {
    return undefined;
  }
  const pid = Number.parseInt(lines[0] ?? '', 10);
  // Line 8 is the status that pg_ctl waits for as well.
  return Number.isInteger(pid) && pid > 0 ? { pid, status: (lines[7] ?? '').trim() } : undefined;
}

/**
 * Makes sure that nothing but a plain file has the name of the pid file: PostgreSQL would wait for a pipe without end.
 *
 * @throws UnsafeFileError
 */
export function requirePlainPostmasterPid(clusterDir: string): void {
  GuardedFolder.use(clusterDir, (cluster) => cluster.read(FILE));
}

/** Above the kernel's limit of 4,194,304, so that no process has it. */
const UNUSED_PID = 2_000_000_000;

/**
 * Tells PostgreSQL that the process named in a stale `postmaster.pid` is gone, when its pid still looks alive (a zombie, or
 * another program that got the same number).
 *
 * @remarks The file is changed, not deleted: PostgreSQL then still uses the rest of it to make sure that no backend of the
 * dead server is attached to the data. One descriptor reads and writes, so that the file that was judged is the one that changes.
 * @throws UnsafeFileError when it is no plain file of the cluster's owner
 */
export function disownPostmasterPid(clusterDir: string): void {
  GuardedFolder.use(clusterDir, (cluster) => {
    cluster.withFile(FILE, constants.O_RDWR, (descriptor) => {
      const [, ...rest] = readText(descriptor).split('\n');
      ftruncateSync(descriptor);
      writeSync(descriptor, [UNUSED_PID, ...rest].join('\n'), 0);
    });
  });
}
