import pg from 'pg';
import { clearRelay } from './clear-relay.js';
import { cpuSeconds, parentOf, withChildren } from './cpu-meter.js';

/** Looks at the database from outside of the product. */
export class DatabaseProbe {
  private constructor(
    readonly client: pg.Client,
    private readonly postmaster: number,
  ) {}

  static async open(url: string): Promise<DatabaseProbe> {
    const client = new pg.Client({ connectionString: url, application_name: 'bench-probe' });
    // A benchmark that fails stops the server first; its own error is the one to report.
    client.on('error', () => undefined);
    await client.connect();
    const { rows } = await client.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
    return new DatabaseProbe(client, await parentOf(rows[0]?.pid ?? 0));
  }

  /** CPU seconds of the server and all of its backends so far. */
  async cpuSeconds(): Promise<number> {
    return cpuSeconds(await withChildren(this.postmaster));
  }

  /** Connections of the product, by the name under which it connects. */
  async connections(name: string): Promise<number> {
    const { rows } = await this.client.query<{ n: number }>(
      `SELECT count(*)::int AS n FROM pg_stat_activity WHERE application_name LIKE $1 || '%'`,
      [name],
    );
    return rows[0]?.n ?? 0;
  }

  /** Takes away what a part before has left, and begins the next one with fresh statistics and no dirty pages. */
  async forgetEvents(): Promise<void> {
    await clearRelay(this.client);
    await this.client.query('VACUUM ANALYZE');
    await this.client.query('CHECKPOINT');
  }

  async close(): Promise<void> {
    await this.client.end();
  }
}
