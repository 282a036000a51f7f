import { freePort, spawnApp, TcpProxy } from '#zakops/testing';
import type { SpawnedApp } from '#zakops/testing';
import { setTimeout as sleep } from 'node:timers/promises';
import type { CrashArming, ProcessName } from './plan.js';

const RESTART_AFTER_MS = 300;
const LAST_LINES = 5;
// SHUTDOWN_TIMEOUT, and the longest time for which it may be frozen meanwhile.
const STOP_LIMIT_MS = 20_000;
// An unexpected end needs a look, a hundred of them do not.
const MAX_INCIDENTS = 10;
const PROGRAMS = { 'api-1': 'api', 'api-2': 'api', 'worker-1': 'outbox-worker', 'worker-2': 'outbox-worker' } as const;

/** A process that is harmed, and its way to the database. */
export class Victim {
  /** How often it killed itself at its crash point. */
  crashes = 0;
  /** Ends that nobody asked for. */
  readonly incidents: string[] = [];
  readonly #linesBefore: string[] = [];
  #app: SpawnedApp | undefined;
  #url = '';
  /** True between a harm that ends it and its next start, and at the end. */
  #isExpectedToEnd = false;
  #isOver = false;
  #isArmed = false;

  private constructor(
    readonly name: ProcessName,
    private readonly proxy: TcpProxy,
    private readonly env: Readonly<Record<string, string>>,
    private readonly arming: CrashArming,
  ) {}

  static async start(name: ProcessName, databaseUrl: string, env: Readonly<Record<string, string>>, arming: CrashArming): Promise<Victim> {
    const victim = new Victim(name, await TcpProxy.before(databaseUrl), env, arming);
    await victim.begin();
    return victim;
  }

  /** The address of an API process; another one after each start. */
  get url(): string {
    return this.#url;
  }

  /** What all of its lives wrote. */
  get linesSoFar(): readonly string[] {
    return [...this.#linesBefore, ...(this.#app?.lines ?? [])];
  }

  /** Ends it, and starts it again after a while; nothing when it is down already. */
  async endAndRestart(signal: 'SIGKILL' | 'SIGTERM', afterMs: number): Promise<void> {
    const app = this.#app;
    if (app === undefined || this.#isExpectedToEnd) return;
    this.#isExpectedToEnd = true;
    const ended = await app.stop(signal, STOP_LIMIT_MS);
    if (signal === 'SIGTERM' && ended.signal === 'SIGKILL') {
      // Either at its crash point, or by the limit.
      if (this.#isArmed) this.crashes += 1;
      else this.note(`did not stop within ${String(STOP_LIMIT_MS)} ms`, app);
    }
    await sleep(afterMs);
    await this.begin();
  }

  async freeze(forMs: number): Promise<void> {
    const app = this.#app;
    app?.process.kill('SIGSTOP');
    await sleep(forMs);
    app?.process.kill('SIGCONT');
  }

  /** Breaks its connections to the database, and new ones for a while. */
  async cut(forMs: number): Promise<void> {
    this.proxy.refuse();
    await sleep(forMs);
    this.proxy.resume();
  }

  async delay(forMs: number): Promise<void> {
    this.proxy.pause();
    await sleep(forMs);
    this.proxy.resume();
  }

  swallow(): void {
    this.proxy.silence();
  }

  /** Starts are not armed any more. */
  heal(): void {
    this.arming.disarm();
    this.#app?.process.kill('SIGCONT');
    this.proxy.resume();
  }

  async end(): Promise<void> {
    this.#isOver = true;
    this.#isExpectedToEnd = true;
    await this.#app?.stop('SIGKILL');
    await this.proxy.close();
  }

  private async begin(): Promise<void> {
    const port = await freePort();
    if (this.#isOver) return;
    const crashPoint = this.arming.next();
    this.#isArmed = crashPoint !== undefined;
    const app = spawnApp(PROGRAMS[this.name], {
      ...this.env,
      ...(crashPoint === undefined ? {} : { OUTBOX_CRASH_POINT: crashPoint }),
      DATABASE_URL: this.proxy.url,
      HOSTNAME: this.name,
      HOST: '127.0.0.1',
      PORT: String(port),
    });
    this.#app = app;
    this.#url = `http://127.0.0.1:${String(port)}`;
    this.#isExpectedToEnd = false;
    app.process.once('exit', (code, signal) => {
      this.#linesBefore.push(...app.lines, `--- ${this.name} ended: ${String(code ?? signal)}`);
      if (this.#isExpectedToEnd) return;
      this.#isExpectedToEnd = true;
      if (signal === 'SIGKILL' && this.#isArmed) this.crashes += 1;
      else this.note(`ended unasked (${String(code ?? signal)})`, app);
      // A supervisor would start it again.
      void sleep(RESTART_AFTER_MS).then(() => this.begin());
    });
  }

  private note(what: string, { lines }: SpawnedApp): void {
    if (this.incidents.length < MAX_INCIDENTS) this.incidents.push(`${this.name} ${what}: ${lines.slice(-LAST_LINES).join(' | ')}`);
  }
}
