import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, realpathSync, readlinkSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { readProcess, waitUntil } from '#zakops/embedded-postgres';
import { freePort, makeFolder } from '#zakops/testing';

const STAND_INS = join(__dirname, 'stand-ins');
const PATIENCE_MS = 15_000;
const QUICK_RESTART = { firstDelayMs: 50, maxDelayMs: 200, quickDeathMs: 5_000, maxQuickDeaths: 3 };

/** How a launcher under test ended. */
export interface LauncherEnd {
  readonly code: number | null;
  readonly output: string;
}

/** Runs launchers as real processes on a folder of their own, and looks after what they leave. */
export class LauncherHarness {
  readonly folder = makeFolder('zakops-launcher-');
  private readonly launchers: ChildProcess[] = [];
  private readonly outputs = new Map<ChildProcess, string>();

  /** @param dataDir - may hold data of an earlier harness, as making a cluster takes a second; the caller removes it */
  static async create(dataDir: string): Promise<LauncherHarness> {
    return new LauncherHarness(dataDir, await freePort());
  }

  private constructor(
    readonly dataDir: string,
    readonly port: number,
  ) {}

  /** Starts a launcher whose children are stand-ins; `special` tells one of them how to misbehave. */
  start(
    special: Partial<Record<'migrate' | 'api' | 'worker', string>> = {},
    overrides: object = {},
    env: NodeJS.ProcessEnv = {},
  ): ChildProcess {
    const program = (name: 'migrate' | 'api' | 'worker'): string[] => [join(STAND_INS, 'program.mjs'), name, special[name] ?? ''];
    const config = {
      dataDir: this.dataDir,
      port: this.port,
      postgresSettings: { fsync: 'off' },
      commands: { migrate: program('migrate'), api: program('api'), worker: program('worker') },
      restart: { api: QUICK_RESTART, worker: { ...QUICK_RESTART, maxQuickDeaths: 100 }, postgres: QUICK_RESTART },
      ...overrides,
    };
    const { DATABASE_URL: _, ...inherited } = process.env;
    const launcher = spawn(process.execPath, [join(STAND_INS, 'run-launcher.mjs'), JSON.stringify(config)], {
      env: { ...inherited, NODE_OPTIONS: '', JOURNAL: this.journalFile, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.launchers.push(launcher);
    this.outputs.set(launcher, '');
    for (const stream of [launcher.stdout, launcher.stderr]) {
      stream.on('data', (chunk: Buffer) => this.outputs.set(launcher, this.outputOf(launcher) + chunk.toString()));
    }
    return launcher;
  }

  async startAndWait(...args: Parameters<LauncherHarness['start']>): Promise<ChildProcess> {
    const launcher = this.start(...args);
    await this.until(() => this.outputOf(launcher).includes('ZakOps is running'), 'the launcher is up', launcher);
    return launcher;
  }

  async end(launcher: ChildProcess): Promise<LauncherEnd> {
    await this.until(() => launcher.exitCode !== null || launcher.signalCode !== null, 'the launcher ends', launcher);
    return { code: launcher.exitCode, output: this.outputOf(launcher) };
  }

  outputOf(launcher: ChildProcess): string {
    return this.outputs.get(launcher) ?? '';
  }

  /** What the stand-ins noted, in order. */
  journal(): string[] {
    return existsSync(this.journalFile) ? readFileSync(this.journalFile, 'utf8').trim().split('\n') : [];
  }

  /** Pids of every start that the stand-in noted, newest last. */
  pidsOf(name: string): number[] {
    return this.journal().flatMap((line) => (line.startsWith(`${name} started `) ? [Number(line.split(' ')[2])] : []));
  }

  firstPidOf(name: string): number {
    const [pid] = this.pidsOf(name);
    // Never a default: kill(0) would be our own process group.
    if (pid === undefined) throw new Error(`${name} was never started`);
    return pid;
  }

  /** How many API starts the database remembered, as each of them saw it. */
  visits(): number[] {
    return this.journal().flatMap((line) => (line.startsWith('api started ') ? [Number(line.split(' ').at(-1))] : []));
  }

  /** Living PostgreSQL processes of this harness. */
  postgresPids(): number[] {
    const cluster = join(this.dataDir, 'postgres', 'cluster');
    if (!existsSync(cluster)) return [];
    const real = realpathSync(cluster);
    return readdirSync('/proc')
      .map(Number)
      .filter((pid) => {
        try {
          return Number.isInteger(pid) && isAlive(pid) && readlinkSync(`/proc/${pid}/cwd`) === real;
        } catch {
          return false;
        }
      });
  }

  /** Pids of everything that runs because of this harness, launchers aside. */
  running(): number[] {
    return [...this.pidsOf('api'), ...this.pidsOf('worker'), ...this.postgresPids()].filter(isAlive);
  }

  /** kill -9 for everything that runs, launchers aside. */
  killAllChildren(): void {
    for (const pid of this.running()) {
      try {
        process.kill(pid, 'SIGKILL');
      } catch {
        // It ended by itself in this moment.
      }
    }
  }

  async until(condition: () => boolean, what: string, launcher?: ChildProcess): Promise<void> {
    if (await waitUntil(condition, PATIENCE_MS)) return;
    throw new Error(
      `Not within ${PATIENCE_MS} ms: ${what}\n${this.journal().join('\n')}\n${launcher === undefined ? '' : this.outputOf(launcher)}`,
    );
  }

  async dispose(): Promise<void> {
    for (const launcher of this.launchers) launcher.kill('SIGKILL');
    await waitUntil(() => this.running().length === 0, 5_000);
    this.killAllChildren();
    await this.until(() => this.running().length === 0, 'everything is gone');
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 5 });
  }

  private get journalFile(): string {
    return join(this.folder, 'journal');
  }
}

export function isAlive(pid: number): boolean {
  return readProcess(pid)?.zombie === false;
}
