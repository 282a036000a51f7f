import { connectClient } from '#zakops/postgres';
import { Injectable } from '@nestjs/common';
import { DatabaseConfig } from '../database.config.js';

/** Asks the server past the pool, over a connection that is opened for it. */
@Injectable()
export class ServerProbe {
  constructor(private readonly config: DatabaseConfig) {}

  /**
   * True when the server takes writes, false when it takes none.
   *
   * @param limitMs - for the connection, and again for the answer
   * @throws Error of the driver when there is no connection or no answer within the limit
   */
  async takesWrites(limitMs: number): Promise<boolean> {
    const limits = { connectionTimeoutMillis: limitMs, query_timeout: limitMs };
    // Reads certificates, which may be in the middle of a change.
    const client = await connectClient(this.config.url, { application_name: 'zakops-watchdog', ...limits });
    try {
      const { rows } = await client.query<{ yes: boolean }>(`SELECT NOT current_setting('transaction_read_only')::boolean AS yes`);
      return rows[0]?.yes === true;
    } finally {
      // Not awaited: it may be silent.
      void client.end().catch(() => undefined);
    }
  }
}
