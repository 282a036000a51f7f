import { setTimeout as delay } from 'node:timers/promises';
import { EmbeddedPostgresError } from '#zakops/embedded-postgres';
import { aborted } from './aborted.js';
import { banner } from './banner.js';
import { type ChildRun } from './child-run.js';
import { readFirstAdmin, type FirstAdmin } from './first-admin.js';
import { keepAlive } from './keep-alive.js';
import { type LauncherConfig } from './launcher.config.js';
import { type LauncherConsole } from './launcher-console.js';
import { openDatabase, type RunningDatabase } from './open-database.js';
import { Programs } from './programs.js';
import { requireLogin } from './require-login.js';
import { StartupError } from './startup.error.js';
import { waitUntilReady } from './wait-until-ready.js';

/** A worker has no port to ask. One that does not report that it is ready counts as ready after this time. */
const WORKER_SETTLE_MS = 5_000;

/**
 * Brings the whole backend up on one machine, keeps it up, and takes it down in order: PostgreSQL, migrations, API and
 * worker; at the end API and worker first, PostgreSQL last.
 */
export class Launcher {
  private readonly ending = new AbortController();
  /** What is kept running; each rejects when that is not possible any more. */
  private readonly keeping: Promise<void>[] = [];
  private database: RunningDatabase | undefined;
  private programs: Programs | undefined;

  /**
   * @param stop - aborted to take everything down
   * @param hurry - aborted to do so without waiting for work to finish
   */
  constructor(
    private readonly config: LauncherConfig,
    private readonly console: LauncherConsole,
    private readonly stop: AbortSignal,
    private readonly hurry: AbortSignal,
  ) {}

  /** Runs until it is stopped or cannot go on; returns the exit code. Never rejects. */
  async run(): Promise<number> {
    const code = await this.runUntilStopped();
    if (this.stop.aborted) this.say('Stopping.');
    await this.stopAll();
    if (this.stop.aborted) this.say('Stopped.');
    return code;
  }

  private async runUntilStopped(): Promise<number> {
    try {
      await this.start(Date.now());
      await Promise.race([...this.keeping, aborted(this.stop)]);
      return 0;
    } catch (error) {
      if (this.stop.aborted) return 0;
      this.report(error);
      return 1;
    }
  }

  private async start(begunAt: number): Promise<void> {
    const { config, stop, ending, say } = this;
    const database = await openDatabase(config, say);
    this.database = database;
    stop.throwIfAborted();
    this.keeping.push(database.keep(ending.signal));
    const programs = new Programs(config, database, config.auth ? requireLogin(config) : {}, (name, line) => {
      this.console.childLine(name, line);
    });
    this.programs = programs;

    await this.whileKept(success(programs.launch('migrate'), 'The migrations failed'));
    if (config.demo) await this.whileKept(success(programs.launch('demo'), 'The demo could not be made'));
    const firstAdmin = config.auth ? await this.makeFirstAdmin(programs) : undefined;

    const [api, worker] = [programs.launch('api'), programs.launch('worker')];
    const ready = Promise.all([this.apiReady(), this.workerReady(worker)]);
    await this.whileKept(Promise.race([ready, endsEarly('API', api), endsEarly('worker', worker)]));
    const kept = { until: ending.signal, say };
    this.keeping.push(
      keepAlive(api, { name: 'API', policy: config.restart.api, startAgain: () => programs.launch('api'), ...kept }),
      keepAlive(worker, { name: 'worker', policy: config.restart.worker, startAgain: () => programs.launch('worker'), ...kept }),
    );
    const { shownUrl, dataDir } = database;
    say(banner({ url: this.url('localhost'), databaseUrl: shownUrl, dataDir, startedInMs: Date.now() - begunAt, firstAdmin }));
  }

  private async makeFirstAdmin(programs: Programs): Promise<FirstAdmin> {
    const failure = 'The first administrator could not be made';
    const lines: string[] = [];
    // The answer carries a password, which belongs in the banner and not in the log.
    const run = programs.launch('firstAdmin', (line) => lines.push(line));
    await this.whileKept(success(run, failure));
    const admin = readFirstAdmin(lines);
    if (admin === undefined) throw new StartupError(`${failure}: the command gave no answer.`);
    return admin;
  }

  /** Waits for a part of the start; rejects as soon as the launcher is stopped, or PostgreSQL cannot be kept running. */
  private async whileKept<T>(part: Promise<T>): Promise<T> {
    const over = Promise.race([...this.keeping, aborted(this.stop)]).then(() => {
      throw new StartupError('Stopped while starting.');
    });
    return await Promise.race([over, part]);
  }

  private async apiReady(): Promise<void> {
    await waitUntilReady(this.url('127.0.0.1'), this.config.readyTimeoutMs, this.over);
  }

  private async workerReady(worker: ChildRun): Promise<void> {
    await Promise.race([worker.ready, delay(WORKER_SETTLE_MS, undefined, { signal: this.over }).catch(() => undefined)]);
  }

  private get over(): AbortSignal {
    return AbortSignal.any([this.stop, this.ending.signal]);
  }

  private async stopAll(): Promise<void> {
    this.ending.abort();
    await this.programs?.stop(this.hurry);
    // A restart of PostgreSQL that is under way has to finish before PostgreSQL can be stopped.
    await Promise.allSettled(this.keeping);
    await this.database?.stop();
  }

  private url(anyAddress: string): string {
    const { host, port } = this.config;
    if (host === undefined || host === '0.0.0.0' || host === '::') return `http://${anyAddress}:${port}`;
    return `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
  }

  private report(error: unknown): void {
    if (error instanceof StartupError) this.console.complain(error.message, error.details);
    else if (error instanceof EmbeddedPostgresError) this.console.complain(error.message, error.logTail);
    else this.console.complain(`Unexpected: ${error instanceof Error ? error.stack : String(error)}`, []);
  }

  private readonly say = (line: string): void => {
    this.console.say(line);
  };
}

/** Waits for the end of a program that runs to its end. */
async function success(run: ChildRun, failure: string): Promise<void> {
  const { code, how } = await run.exit;
  if (code !== 0) throw new StartupError(`${failure} (${how}).`, run.lastWords());
}

async function endsEarly(name: string, run: ChildRun): Promise<never> {
  const { how } = await run.exit;
  throw new StartupError(`The ${name} ended while starting (${how}).`, run.lastWords());
}
