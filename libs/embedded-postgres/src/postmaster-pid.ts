import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** What PostgreSQL writes about itself into `postmaster.pid`. */
export interface PostmasterPid {
  readonly pid: number;
  /** `starting`, `ready`, `stopping` or `standby`; empty before PostgreSQL has said. */
  readonly status: string;
}

/** Reads `postmaster.pid` of a cluster; undefined when there is none or it is still being written. */
export function readPostmasterPid(clusterDir: string): PostmasterPid | undefined {
  let lines: string[];
  try {
    lines = readFileSync(join(clusterDir, 'postmaster.pid'), 'utf8').split('\n');
  } catch {
    return undefined;
  }
  const pid = Number.parseInt(lines[0] ?? '', 10);
  // Line 8 is the status that pg_ctl waits for as well.
  return Number.isInteger(pid) && pid > 0 ? { pid, status: (lines[7] ?? '').trim() } : undefined;
}

/** Above the kernel's limit of 4,194,304: never the pid of a process. */
const NOBODYS_PID = 2_000_000_000;

/**
 * Tells PostgreSQL that the process named in a stale `postmaster.pid` is gone, when its pid still looks alive (a zombie, or
 * another program that got the same number).
 *
 * @remarks The file is changed, not deleted: PostgreSQL then still uses the rest of it to make sure that no backend of the
 * dead server is attached to the data.
 */
export function disownPostmasterPid(clusterDir: string): void {
  const path = join(clusterDir, 'postmaster.pid');
  const [, ...rest] = readFileSync(path, 'utf8').split('\n');
  writeFileSync(path, [NOBODYS_PID, ...rest].join('\n'));
}
