import { spawn, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import { type Readable } from 'node:stream';
import { waitUntil } from '#zakops/embedded-postgres';
import { type ProgramExit, type ProgramRun } from './keep-alive.js';

/** How to start one child. */
export interface ChildSpec {
  /** Arguments for `node`. */
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  readonly onLine: (line: string) => void;
}

/** How a child ended; `code` is null for one that was ended by a signal or never began. */
export interface ChildExit extends ProgramExit {
  readonly code: number | null;
}

const REMEMBERED_LINES = 15;
const LAST_WORDS_MS = 500;
const STOP_WITH_PARENT = new URL('./stop-with-parent.js', import.meta.url).href;

/** One run of a child process: a Node program that ends with this process, also when this one is killed. */
export class ChildRun implements ProgramRun {
  /** Resolves when the process has ended and its output was read. */
  readonly exit: Promise<ChildExit>;
  /** Resolves when the program calls `process.send?.('ready')`, which not every program does. */
  readonly ready: Promise<void>;
  private readonly child: ChildProcess;
  private readonly recent: { error: boolean; line: string }[] = [];
  private ended = false;

  constructor(private readonly spec: ChildSpec) {
    const bornAt = Date.now();
    this.child = spawn(process.execPath, ['--import', STOP_WITH_PARENT, ...spec.args], {
      env: spec.env,
      // In a session of its own, so that Ctrl-C reaches only the launcher, which ends the children in order.
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    this.read(this.child.stdout, false);
    this.read(this.child.stderr, true);
    this.ready = new Promise((resolve) => {
      this.child.on('message', (message) => {
        if (message === 'ready') resolve();
      });
    });
    this.exit = new Promise((resolve) => {
      const end = (code: number | null, signal: NodeJS.Signals | null): void => {
        this.ended = true;
        const exit = { code, how: signal ?? `exit code ${code}`, livedMs: Date.now() - bornAt };
        // Waits for the last output, but not for a grandchild that keeps the pipe open.
        this.child.once('close', () => {
          resolve(exit);
        });
        setTimeout(resolve, LAST_WORDS_MS, exit).unref();
      };
      this.child.once('exit', end);
      this.child.once('error', (error) => {
        this.take(error.message, true);
        end(null, null);
      });
    });
  }

  get pid(): number | undefined {
    return this.child.pid;
  }

  /** The last lines of its error output, or of its output when it wrote no errors. */
  lastWords(): string[] {
    const errors = this.recent.filter(({ error }) => error);
    return (errors.length > 0 ? errors : this.recent).map(({ line }) => line).slice(-REMEMBERED_LINES);
  }

  /** Sends SIGTERM, and after `patienceMs` SIGKILL; resolves when the child has ended. */
  async stop(patienceMs: number): Promise<void> {
    if (!this.ended) this.child.kill('SIGTERM');
    if (!(await waitUntil(() => this.ended, patienceMs))) this.kill();
    await this.exit;
  }

  kill(): void {
    this.child.kill('SIGKILL');
  }

  private read(stream: Readable | null, error: boolean): void {
    if (stream === null) return;
    createInterface({ input: stream }).on('line', (line) => {
      this.take(line, error);
    });
  }

  private take(line: string, error: boolean): void {
    this.recent.push({ error, line });
    if (this.recent.length > REMEMBERED_LINES * 2) this.recent.shift();
    this.spec.onLine(line);
  }
}
