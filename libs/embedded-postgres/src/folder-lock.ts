import { spawnSync } from 'node:child_process';
import { closeSync, constants, ftruncateSync, realpathSync, writeSync } from 'node:fs';
import { EmbeddedPostgresError } from './embedded-postgres.error.js';
import { GuardedFolder, readText } from './guarded-folder.js';
import { readProcess } from './read-process.js';
import { waitUntil } from './wait-until.js';

/** A holder that has just been killed keeps its lock until the kernel has closed its files. */
const KILLED_HOLDER_MS = 2_000;

const PROGRAMS = ['flock', '/usr/bin/flock', '/bin/flock'];

/**
 * Holds a folder for one process; the kernel releases it when the process ends, also when it is killed.
 *
 * @remarks A flock(2) on the file `lock` in the folder. Only this user can open the file, so that nobody else can take the lock or say who
 * holds it. Node has no call for it: the program `flock` locks the descriptor that it inherits, and the lock stays with ours.
 */
export class FolderLock {
  private constructor(private descriptor: number | undefined) {}

  /**
   * Takes the lock of an existing folder.
   *
   * @param folder - must exist
   * @throws EmbeddedPostgresError `folder_in_use`, naming the holder's pid; `folder_not_usable` without the program `flock`
   */
  static async acquire(folder: string): Promise<FolderLock> {
    const descriptor = openLock(folder);
    try {
      const state = { taken: false };
      await waitUntil(() => {
        state.taken = lock(descriptor, folder);
        return state.taken || holderOf(descriptor) !== undefined;
      }, KILLED_HOLDER_MS);
      if (!state.taken) {
        const holder = holderOf(descriptor);
        const who = holder === undefined ? 'another process' : `process ${holder}`;
        throw new EmbeddedPostgresError(
          'folder_in_use',
          `The folder ${folder} is already in use by ${who}: stop that one, or use another folder.`,
        );
      }
      ftruncateSync(descriptor);
      writeSync(descriptor, `${process.pid}\n`, 0);
      return new FolderLock(descriptor);
    } catch (error) {
      closeSync(descriptor);
      throw error;
    }
  }

  /** Releases the folder; may be called again. */
  release(): Promise<void> {
    if (this.descriptor !== undefined) closeSync(this.descriptor);
    this.descriptor = undefined;
    return Promise.resolve();
  }
}

function openLock(folder: string): number {
  try {
    return GuardedFolder.use(realpathSync(folder), (opened) => opened.open('lock', constants.O_RDWR | constants.O_CREAT));
  } catch (error) {
    throw new EmbeddedPostgresError('folder_not_usable', `The folder ${folder} cannot be locked: ${(error as Error).message}.`, [], {
      cause: error,
    });
  }
}

/** True when the lock is ours now, false when somebody else has it. */
function lock(descriptor: number, folder: string): boolean {
  for (const program of PROGRAMS) {
    const { error, status } = spawnSync(program, ['--exclusive', '--nonblock', '3'], { stdio: ['ignore', 'ignore', 'ignore', descriptor] });
    if (error === undefined) return status === 0;
  }
  throw new EmbeddedPostgresError(
    'folder_not_usable',
    `The folder ${folder} cannot be locked, because the program flock (of util-linux) is missing: install it, or set DATABASE_URL.`,
  );
}

/** The living process that wrote its pid into the lock; undefined when there is none. */
function holderOf(descriptor: number): number | undefined {
  const text = readText(descriptor);
  const pid = /^[1-9]\d{0,9}\n$/.test(text) ? Number(text) : 0;
  const found = readProcess(pid);
  return found === undefined || found.zombie ? undefined : pid;
}
