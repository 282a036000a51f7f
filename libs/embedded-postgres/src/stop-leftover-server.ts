import { lstatSync, readdirSync, readlinkSync, realpathSync } from 'node:fs';
import { disownPostmasterPid, readPostmasterPid, requirePlainPostmasterPid } from './postmaster-pid.js';
import { readProcess } from './read-process.js';
import { signalProcess } from './signal-process.js';
import { waitUntil } from './wait-until.js';

/**
 * Ends a server that an earlier, killed supervisor left running on this cluster, and makes its pid file harmless.
 *
 * @remarks Ended rather than adopted: a fresh start costs 0.2 s, and leaves one state to reason about (our child, our
 * settings, our binaries, bound to our life). The caller holds the folder's lock, so nobody else supervises it.
 * @throws UnsafeFileError when a link, a pipe or the file of another user has the name of the pid file
 */
export async function stopLeftoverServer(clusterDir: string, log: (message: string) => void): Promise<void> {
  requirePlainPostmasterPid(clusterDir);
  const found = readPostmasterPid(clusterDir);
  if (found === undefined) return;
  const owner = lstatSync(clusterDir).uid;
  // The owner of the cluster wrote the pid file and may name any process, so the process has to fit: by program, by owner and, where we
  // may look, by its working folder.
  const isRunning = (): boolean => isPostgres(found.pid, owner) && worksIn(clusterDir, found.pid) !== false;
  if (isRunning()) {
    log(`Stopping PostgreSQL (process ${found.pid}) that was left running by an earlier start.`);
    // Fast shutdown; then without a checkpoint; then by force: the last two cost a recovery, never data.
    for (const [signal, patienceMs] of [
      ['SIGINT', 15_000],
      ['SIGQUIT', 5_000],
      ['SIGKILL', 5_000],
    ] as const) {
      signalProcess(found.pid, signal);
      if (await waitUntil(() => !isRunning(), patienceMs)) break;
    }
  }
  // PostgreSQL itself recognises a dead pid. A pid that is still alive now belongs to a zombie or to another program.
  if (readPostmasterPid(clusterDir)?.pid === found.pid && readProcess(found.pid) !== undefined) {
    disownPostmasterPid(clusterDir);
  }
}

/** Kills backends that outlived their postmaster and, busy with a long query, have not noticed; they block the next start. */
export function killOrphanedBackends(clusterDir: string): void {
  const owner = lstatSync(clusterDir).uid;
  for (const name of readdirSync('/proc')) {
    const pid = Number(name);
    if (Number.isInteger(pid) && isPostgres(pid, owner) && worksIn(clusterDir, pid) === true) signalProcess(pid, 'SIGKILL');
  }
}

function isPostgres(pid: number, owner: number): boolean {
  const found = readProcess(pid);
  return found !== undefined && !found.zombie && found.program === 'postgres' && found.uid === owner;
}

/** Every PostgreSQL process has its cluster as working folder; undefined when we may not look (root in some containers). */
function worksIn(clusterDir: string, pid: number): boolean | undefined {
  try {
    return readlinkSync(`/proc/${pid}/cwd`) === realpathSync(clusterDir);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EACCES' ? undefined : false;
  }
}
