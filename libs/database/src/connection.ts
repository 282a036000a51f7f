import type pg from 'pg';
import { PreparedStatement } from './statement.js';
import type { Statement } from './statement.js';
import { StatementFailedError } from './statement-failed.error.js';
import { namesStatements } from './statement-naming.js';

interface Corkable {
  cork(): void;
  uncork(): void;
}

/**
 * One connection, as long as it is ours.
 *
 * @remarks Statements are sent when they are given, without waiting for the answers to earlier ones; the server takes them in order.
 */
export class Connection {
  /** @param pool - what it is one of: prepared statements work in all of its connections or in none */
  constructor(
    readonly client: pg.ClientBase,
    readonly pool: object,
  ) {}

  /** @throws StatementFailedError */
  send<R extends object>(statement: Statement, values: readonly unknown[] = []): Promise<pg.QueryResult<R & pg.QueryResultRow>> {
    const text = typeof statement === 'string' ? statement : statement.text;
    const isNamed = statement instanceof PreparedStatement && namesStatements(this.pool);
    const config = isNamed ? { name: statement.name, text, values: values as unknown[] } : { text, values: values as unknown[] };
    return this.client.query<R & pg.QueryResultRow>(config).catch((error: unknown) => {
      throw error instanceof Error ? new StatementFailedError(error) : error;
    });
  }

  /** Puts everything that `work` sends into one packet. */
  together<T>(work: () => T): T {
    const { connection } = this.client as unknown as { connection?: { stream?: Corkable } };
    const stream = connection?.stream;
    stream?.cork();
    try {
      return work();
    } finally {
      stream?.uncork();
    }
  }
}
