import { EmbeddedPostgres } from '#zakops/embedded-postgres';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';

/** A PostgreSQL server of one test file, with databases that begin empty. */
export class Server {
  #databases = 0;

  private constructor(private readonly postgres: EmbeddedPostgres) {}

  static async start(): Promise<Server> {
    const dataDir = await mkdtemp(join(tmpdir(), 'zakops-upgrade-'));
    return new Server(await EmbeddedPostgres.start({ dataDir, settings: { fsync: 'off', max_connections: '200' } }));
  }

  /** An empty database, or a copy of one that nobody is connected to. */
  async createDatabase(template = 'template0'): Promise<string> {
    this.#databases += 1;
    const name = `upgrade_${String(this.#databases)}`;
    await query(this.postgres.url, `CREATE DATABASE ${name} TEMPLATE ${template}`);
    const url = new URL(this.postgres.url);
    url.pathname = `/${name}`;
    return url.href;
  }

  /** Copies a database that nobody is connected to. */
  copyOf(databaseUrl: string): Promise<string> {
    return this.createDatabase(new URL(databaseUrl).pathname.slice(1));
  }

  async stop(): Promise<void> {
    await this.postgres.stop();
    await rm(this.postgres.dataDir, { recursive: true, force: true });
  }
}

/** Runs statements over a connection of their own, with every right, and gives the rows of the last. */
export async function query<R extends pg.QueryResultRow>(url: string, sql: string, values: readonly unknown[] = []): Promise<R[]> {
  const client = new pg.Client({ connectionString: url, application_name: 'zakops-test' });
  await client.connect();
  try {
    return (await client.query<R>(sql, [...values])).rows;
  } finally {
    await client.end();
  }
}
