import { spawn, spawnSync, type ChildProcess, type SpawnOptions } from 'node:child_process';
import { type PostgresAccount } from './postgres-account.js';

/** A program to run as the PostgreSQL account. */
export interface RunAs {
  readonly account: PostgresAccount;
  readonly program: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly stdio: SpawnOptions['stdio'];
  /** Sent to the program by the kernel when this process dies, kill -9 included; only where `setpriv` is installed. */
  readonly deathSignal: 'INT' | 'KILL';
}

/**
 * Starts a program as the PostgreSQL account, in a session of its own.
 *
 * @remarks The folder is entered before root's rights are given up: the program may then work in a folder whose parents it
 * could not pass itself. The session of its own keeps Ctrl-C of a terminal away, so that the caller decides the order of the end.
 * The environment is fixed, so that no PGPORT or locale of the user's shell reaches PostgreSQL.
 */
export function runAs({ account, program, args, cwd, stdio, deathSignal }: RunAs): ChildProcess {
  const options: SpawnOptions = { cwd, stdio, detached: true, env: { PATH: process.env['PATH'], LC_ALL: 'C.UTF-8' } };
  const setpriv = setprivArguments(account, deathSignal);
  if (worksHere(setpriv)) return spawn('setpriv', [...setpriv, '--', program, ...args], options);
  return spawn(program, args, account.dropsRoot ? { ...options, uid: account.uid, gid: account.gid } : options);
}

function setprivArguments(account: PostgresAccount, deathSignal: string): string[] {
  const identity = account.dropsRoot ? [`--reuid=${account.uid}`, `--regid=${account.gid}`, '--clear-groups', '--inh-caps=-all'] : [];
  return [...identity, '--pdeathsig', deathSignal];
}

const probed = new Map<string, boolean>();

/** Old and cut-down versions of setpriv lack --pdeathsig, and sandboxes may forbid its calls: only a trial shows it. */
function worksHere(setpriv: readonly string[]): boolean {
  const key = setpriv.join(' ');
  let works = probed.get(key);
  if (works === undefined) {
    works = spawnSync('setpriv', [...setpriv, '--', 'true'], { cwd: '/', stdio: 'ignore' }).status === 0;
    probed.set(key, works);
  }
  return works;
}
