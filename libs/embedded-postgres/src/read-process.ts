import { readFileSync } from 'node:fs';

/** A process as the kernel describes it. */
export interface ProcessInfo {
  readonly pid: number;
  /** Program name, at most 15 characters. */
  readonly program: string;
  /** The user that it runs as. */
  readonly uid: number;
  /** Dead, but not yet collected by its parent: holds nothing but its pid. */
  readonly zombie: boolean;
  /** Differs for every process that ever had this pid, also across reboots. */
  readonly identity: string;
}

/**
 * Reads one process from `/proc` (Linux).
 *
 * @returns the process, or undefined when no process has this pid
 */
export function readProcess(pid: number): ProcessInfo | undefined {
  let stat: string;
  let status: string;
  let bootId: string;
  try {
    stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    status = readFileSync(`/proc/${pid}/status`, 'utf8');
    bootId = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  } catch {
    return undefined;
  }
  // The name stands in parentheses and may itself hold spaces and parentheses (proc_pid_stat(5)).
  const nameEnd = stat.lastIndexOf(')');
  const fields = stat.slice(nameEnd + 2).split(' ');
  const state = fields[0] ?? 'X';
  const startTicks = fields[19] ?? '';
  return {
    pid,
    program: stat.slice(stat.indexOf('(') + 1, nameEnd),
    uid: Number(/^Uid:\s+\d+\s+(\d+)/m.exec(status)?.[1]),
    zombie: state === 'Z' || state === 'X',
    identity: `${bootId}/${pid}/${startTicks}`,
  };
}
