import { type ChildProcess } from 'node:child_process';
import { closeSync, constants, fstatSync, renameSync } from 'node:fs';
import { basename } from 'node:path';
import { type DataFolder } from './data-folder.js';
import { GuardedFolder, readText } from './guarded-folder.js';
import { type PostgresAccount } from './postgres-account.js';
import { readPostmasterPid } from './postmaster-pid.js';
import { runAs } from './run-as.js';
import { waitUntil } from './wait-until.js';

const LOG_ROTATION_BYTES = 10 * 1024 * 1024;
const LOG_TAIL_BYTES = 64 * 1024;

/** One run of the `postgres` program as our child, from start to exit. */
export class PostgresServer {
  /** Resolves when the program has ended, for whatever reason. */
  readonly exited: Promise<void>;
  private hasExited = false;

  private constructor(
    private readonly child: ChildProcess,
    private readonly folder: DataFolder,
    private readonly logStart: number,
  ) {
    this.exited = new Promise((resolve) => {
      const ended = (): void => {
        this.hasExited = true;
        resolve();
      };
      child.once('exit', ended);
      child.once('error', ended);
    });
  }

  /**
   * Starts the program; {@link PostgresServer.becomesReady} waits for the result.
   *
   * @remarks The log is a file that PostgreSQL holds open, not a pipe to this process, so that it goes on when this process is killed.
   */
  static launch(
    folder: DataFolder,
    account: PostgresAccount,
    postgres: string,
    settings: Readonly<Record<string, string>>,
  ): PostgresServer {
    const { log, logStart } = openLog(folder);
    try {
      const child = runAs({
        account,
        program: postgres,
        // Not the real path, because the account may be unable to enter the folders above it.
        args: ['-D', '/proc/self/cwd', ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])],
        cwd: folder.cluster,
        stdio: ['ignore', log, log],
        deathSignal: 'INT',
      });
      return new PostgresServer(child, folder, logStart);
    } finally {
      closeSync(log);
    }
  }

  /** Waits until it takes connections; false when it ended before, or the time is up. */
  async becomesReady(timeoutMs: number): Promise<boolean> {
    let ready = false;
    await waitUntil(() => {
      const found = readPostmasterPid(this.folder.cluster);
      ready = found?.pid === this.child.pid && found?.status === 'ready';
      return ready || this.hasExited;
    }, timeoutMs);
    // eslint-disable-next-line @typescript-eslint/no-unnecessary-condition -- set by the callback above
    return ready && !this.hasExited;
  }

  /**
   * Fast shutdown: ends the sessions, writes a checkpoint. After `patienceMs` without it.
   *
   * @param patienceMs - milliseconds; 0 leaves the checkpoint to the recovery at the next start
   */
  async stop(patienceMs: number): Promise<void> {
    for (const [signal, limitMs] of [
      ['SIGINT', patienceMs],
      ['SIGQUIT', 5_000],
      ['SIGKILL', 5_000],
    ] as const) {
      if (this.hasExited) return;
      this.child.kill(signal);
      await waitUntil(() => this.hasExited, limitMs);
    }
  }

  /** The last lines that PostgreSQL logged in this run. */
  logTail(lines = 15): string[] {
    const text = GuardedFolder.use(this.folder.path, (folder) =>
      folder.withFile(basename(this.folder.logFile), constants.O_RDONLY, (log) => {
        const start = Math.max(this.logStart, fstatSync(log).size - LOG_TAIL_BYTES);
        return readText(log, start, LOG_TAIL_BYTES);
      }),
    );
    return text.trim().split('\n').slice(-lines);
  }
}

function openLog({ path, logFile }: DataFolder): { readonly log: number; readonly logStart: number } {
  return GuardedFolder.use(path, (folder) => {
    const name = basename(logFile);
    const open = (): number => folder.open(name, constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT);
    let log = open();
    if (fstatSync(log).size >= LOG_ROTATION_BYTES) {
      closeSync(log);
      renameSync(folder.at(name), folder.at(`${name}.1`));
      log = open();
    }
    return { log, logStart: fstatSync(log).size };
  });
}
