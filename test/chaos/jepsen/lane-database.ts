import { grantRuntimeRole, migrate } from '#zakops/database';
import { EmbeddedPostgres } from '#zakops/embedded-postgres';
import { waitFor } from '#zakops/testing';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { MIGRATIONS } from '../../../migrations/index.js';
import { RUNTIME_GRANTS } from '../../../migrations/runtime-grants.js';
import { POISON } from './history.js';

const TEMPLATE = 'jepsen_template';
const RUNTIME_ROLE = 'zakops_runtime';
// The server listens on 127.0.0.1 only and is gone after the run.
const PASSWORD = 'of-a-test-run';
const SETTINGS = { fsync: 'off', full_page_writes: 'off', max_connections: '120', shared_buffers: '64MB' };
const RESTART_PATIENCE_MS = 30_000;

// Notes every row that the consumer inserts, in order, also one that is there already. A poisoned one cannot be inserted.
const WATCH_EFFECTS = `
  CREATE TABLE public.jepsen_effects (at bigint GENERATED ALWAYS AS IDENTITY, event_id uuid NOT NULL);
  CREATE FUNCTION public.jepsen_note_effect() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
  BEGIN
    IF NEW.details #>> '{changes,0,new_value}' LIKE '%-${POISON}' THEN
      RAISE EXCEPTION 'poison';
    END IF;
    INSERT INTO public.jepsen_effects (event_id) VALUES (NEW.id);
    RETURN NEW;
  END $$;
  CREATE TRIGGER jepsen_note_effect BEFORE INSERT ON zakops.deal_activity FOR EACH ROW EXECUTE FUNCTION public.jepsen_note_effect()`;

/** The PostgreSQL server of one lane, which dies and comes back, and has a database for each seed. */
export class LaneDatabase {
  #restarting: Promise<void> | undefined;

  private constructor(
    private readonly dataDir: string,
    private server: EmbeddedPostgres,
  ) {}

  static async start(): Promise<LaneDatabase> {
    const dataDir = await mkdtemp(join(tmpdir(), 'zakops-jepsen-'));
    const lane = new LaneDatabase(dataDir, await EmbeddedPostgres.start({ dataDir, settings: SETTINGS }));
    try {
      await lane.prepare();
    } catch (error) {
      await lane.stop();
      throw error;
    }
    return lane;
  }

  /** As the owner of everything. */
  ownerUrl(database: string): string {
    const url = new URL(this.server.url);
    url.pathname = `/${database}`;
    return url.href;
  }

  /** As processes connect. */
  runtimeUrl(database: string): string {
    const url = new URL(this.ownerUrl(database));
    Object.assign(url, { username: RUNTIME_ROLE, password: PASSWORD });
    return url.href;
  }

  async create(database: string): Promise<void> {
    await this.query('postgres', `CREATE DATABASE ${database} TEMPLATE ${TEMPLATE}`);
  }

  async drop(database: string): Promise<void> {
    await this.query('postgres', `DROP DATABASE IF EXISTS ${database} WITH (FORCE)`);
  }

  /** Runs one statement as the owner, over a connection of its own. */
  async query<R extends pg.QueryResultRow>(database: string, sql: string, parameters: readonly unknown[] = []): Promise<R[]> {
    const client = new pg.Client({ connectionString: this.ownerUrl(database), application_name: 'jepsen' });
    client.on('error', () => undefined);
    await client.connect();
    try {
      return (await client.query<R>(sql, [...parameters])).rows;
    } finally {
      await client.end().catch(() => undefined);
    }
  }

  /** kill -9, and a start after a while; resolves when it takes connections again. */
  killAndRestart(afterMs: number): Promise<void> {
    this.#restarting ??= this.restart(afterMs).finally(() => {
      this.#restarting = undefined;
    });
    return this.#restarting;
  }

  async stop(): Promise<void> {
    await this.#restarting?.catch(() => undefined);
    await this.server.stop();
    await rm(this.dataDir, { recursive: true, force: true });
  }

  private async prepare(): Promise<void> {
    await this.query('postgres', `CREATE ROLE ${RUNTIME_ROLE} LOGIN PASSWORD '${PASSWORD}'`);
    await this.query('postgres', `CREATE DATABASE ${TEMPLATE}`);
    const url = this.ownerUrl(TEMPLATE);
    await migrate(url, MIGRATIONS);
    await grantRuntimeRole(url, RUNTIME_ROLE, RUNTIME_GRANTS);
    await this.query(TEMPLATE, WATCH_EFFECTS);
  }

  private async restart(afterMs: number): Promise<void> {
    const pidFile = await readFile(join(this.dataDir, 'cluster/postmaster.pid'), 'utf8');
    process.kill(Number(pidFile.split('\n', 1)[0]), 'SIGKILL');
    await this.server.exited;
    const { port } = this.server;
    await this.server.stop();
    await sleep(afterMs);
    // Another test may take the port for a moment.
    await waitFor(
      'PostgreSQL to be back',
      async () => {
        this.server = await EmbeddedPostgres.start({ dataDir: this.dataDir, port, settings: SETTINGS });
        return true;
      },
      RESTART_PATIENCE_MS,
    );
  }
}
