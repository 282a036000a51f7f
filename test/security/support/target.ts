import { createTestDatabase, spawnApi, spawnWorker } from '#zakops/testing';
import type { SpawnedApi, SpawnedApp, TestDatabase } from '#zakops/testing';
import { execFile } from 'node:child_process';
import { Browser } from './browser.js';

/** What must never be seen in a log or an answer. */
export const SESSION_SECRET = 'planted-session-secret-of-more-than-32-bytes';

/** The password of every operator of the target. */
export const PASSWORD = 'a planted passphrase of five words';

/** Who attacks. */
export type Role = 'admin' | 'analyst' | 'viewer';

/** How the target is set up. */
export interface TargetOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** How many API processes; 1 unless said. */
  readonly replicas?: number;
  readonly worker?: boolean;
  /** True for a database whose defaults nobody expects. */
  readonly hostileDefaults?: boolean;
}

/** The whole system as real processes with login required, and one operator per role. */
export class Target {
  private constructor(
    readonly database: TestDatabase,
    readonly apis: readonly SpawnedApi[],
    private readonly worker: SpawnedApp | undefined,
    private readonly env: Readonly<Record<string, string>>,
  ) {}

  static async start({ env = {}, replicas = 1, worker = false, hostileDefaults = false }: TargetOptions = {}): Promise<Target> {
    const database = await createTestDatabase({ hostileDefaults });
    const all = { AUTH_REQUIRED: 'true', SESSION_SECRET, LOG_LEVEL: 'error', ...env };
    const processes: SpawnedApp[] = [];
    try {
      const apis: SpawnedApi[] = [];
      for (let n = 0; n < replicas; n += 1) {
        const api = await spawnApi(database.url, all);
        apis.push(api);
        processes.push(api);
      }
      const relay = worker ? await spawnWorker(database.url, { ...all, LOG_LEVEL: env['LOG_LEVEL'] ?? 'info' }) : undefined;
      const target = new Target(database, apis, relay, all);
      for (const role of ['admin', 'analyst', 'viewer'] as const) await target.makeOperator(emailOf(role), role);
      return target;
    } catch (error) {
      await Promise.all(processes.map((process) => process.stop('SIGKILL')));
      await database.drop();
      throw error;
    }
  }

  get url(): string {
    const [api] = this.apis;
    if (api === undefined) throw new Error('There is no API process.');
    return api.url;
  }

  /** Everything that the processes wrote. */
  get log(): string {
    return [...this.apis, ...(this.worker === undefined ? [] : [this.worker])].flatMap(({ lines }) => lines).join('\n');
  }

  /** Makes an operator as an administrator at a terminal does. */
  async makeOperator(email: string, role: Role): Promise<void> {
    const args = ['dist/apps/cli/src/main.js', 'operators', 'create', '--email', email, '--name', `The ${role}`, '--role', role];
    await new Promise<void>((resolve, reject) => {
      const child = execFile(
        process.execPath,
        [...args, '--password-stdin'],
        { env: { PATH: process.env['PATH'], ...this.env, DATABASE_URL: this.database.url } },
        (error, _stdout, stderr) => {
          if (error === null) resolve();
          else reject(new Error(`${email} could not be made: ${stderr}`, { cause: error }));
        },
      );
      child.stdin?.end(PASSWORD);
    });
  }

  /** A browser without cookies. */
  browser(url = this.url): Browser {
    return new Browser(url);
  }

  /** A browser whose user is logged in. */
  async loggedIn(role: Role, url = this.url): Promise<Browser> {
    const browser = new Browser(url);
    const { status } = await browser.logIn(emailOf(role), PASSWORD);
    if (status !== 200) throw new Error(`The login of the ${role} was answered with ${String(status)}.`);
    return browser;
  }

  async stop(): Promise<void> {
    await Promise.all([...this.apis, ...(this.worker === undefined ? [] : [this.worker])].map((process) => process.stop()));
    await this.database.drop();
  }
}

/** The address that the operator of a role logs in with. */
export function emailOf(role: Role): string {
  return `${role}@attacked.example`;
}
