import { constants, fstatSync, realpathSync } from 'node:fs';
import { GuardedFolder, readProcess, readText, waitUntil } from '#zakops/embedded-postgres';

interface NotedChild {
  readonly name: string;
  readonly pid: number;
  readonly identity: string;
}

const FILE = 'children.json';
const SIGTERM_PATIENCE_MS = 3_000;
const SIGKILL_PATIENCE_MS = 5_000;

/**
 * Notes which children run, so that the next launcher can end those that outlived a killed one.
 *
 * @remarks Children end by themselves when their launcher is gone; this is for one that hangs, or is still finishing while
 * its port is wanted. A pid counts only together with its start time, so no stranger with a reused pid is ever touched. A list that another
 * user wrote is not believed: it could name any process.
 */
export class ChildRegistry {
  private readonly folder: string;
  private children: readonly NotedChild[] = [];

  constructor(dataDir: string) {
    this.folder = realpathSync(dataDir);
  }

  /** Ends every noted child of an earlier launcher and forgets them; the caller holds the folder's lock. */
  async stopLeftovers(say: (line: string) => void): Promise<void> {
    const left = this.read().filter(isAlive);
    if (left.length > 0)
      say(`Stopping what an earlier start left running: ${left.map(({ name, pid }) => `${name} (process ${pid})`).join(', ')}.`);
    for (const [signal, patienceMs] of [
      ['SIGTERM', SIGTERM_PATIENCE_MS],
      ['SIGKILL', SIGKILL_PATIENCE_MS],
    ] as const) {
      for (const child of left.filter(isAlive)) signalQuietly(child.pid, signal);
      await waitUntil(() => !left.some(isAlive), patienceMs);
    }
    this.write([]);
  }

  add(name: string, pid: number): void {
    const identity = readProcess(pid)?.identity;
    if (identity !== undefined) this.write([...this.children, { name, pid, identity }]);
  }

  remove(pid: number): void {
    this.write(this.children.filter((child) => child.pid !== pid));
  }

  private read(): readonly NotedChild[] {
    try {
      return GuardedFolder.use(this.folder, (folder) =>
        folder.withFile(FILE, constants.O_RDONLY, (file) => {
          const isOurs = fstatSync(file).uid === process.getuid?.();
          return isOurs ? (JSON.parse(readText(file)) as readonly NotedChild[]) : [];
        }),
      );
    } catch {
      return [];
    }
  }

  private write(children: readonly NotedChild[]): void {
    this.children = children;
    GuardedFolder.use(this.folder, (folder) => {
      folder.replace(FILE, JSON.stringify(children), 0o644);
    });
  }
}

function isAlive({ pid, identity }: NotedChild): boolean {
  const found = readProcess(pid);
  return found !== undefined && !found.zombie && found.identity === identity;
}

function signalQuietly(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // Gone in this moment, or not ours to end: the port check that follows will tell.
  }
}
