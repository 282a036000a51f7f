import pg from 'pg';
import utils from 'pg/lib/utils.js';
import { isStalePlan } from './statement-names.js';
import type { SessionNames } from './statement-names.js';

/** One statement of a batch. */
export interface BatchedStatement {
  readonly text: string;
  /** Prepared under this name; undefined for one that is sent whole. */
  readonly name: string | undefined;
  readonly values: readonly unknown[];
  /** False when its rows are not read: then the server need not describe them. */
  readonly givesRows: boolean;
  readonly settle: (error: Error | undefined, result: StatementResult) => void;
}

/** What a statement gave. */
export interface StatementResult {
  readonly rows: readonly object[];
  /** The server's word for what it did, for example `COMMIT`; empty for a statement that failed. */
  readonly command: string;
}

/** The part of the driver's connection that writes messages of the protocol. */
interface Wire {
  readonly stream: { cork(): void; uncork(): void };
  parse(message: { text: string; name: string }): void;
  bind(message: { portal: string; statement: string; values: readonly unknown[]; valueMapper: (value: unknown) => unknown }): void;
  describe(message: { type: 'P'; name: string }): void;
  execute(message: { portal: string }): void;
  close(message: { type: 'S'; name: string }): void;
  sync(): void;
}

/** What the driver's query has and its types do not mention. */
interface QueryInternals {
  /** False, or the error that reading a row met. */
  readonly _canceledDueToError: unknown;
  /** One result, or a list when there are several. */
  readonly _results: StatementResult | readonly StatementResult[];
  handleDataRow(message: unknown): void;
  handleCommandComplete(message: unknown, connection: unknown): void;
}

const inherited = pg.Query.prototype as unknown as QueryInternals;

const NOTHING: StatementResult = { rows: [], command: '' };

/**
 * Several statements that the server takes in one go: it answers when it is through with all of them, or with the first that fails, and
 * then skips the rest.
 *
 * @remarks The driver ends each statement with a Sync, for which the server sends its answer at once: a packet, a wake-up and a read for
 * every statement, which cost more than most statements. Here there is one Sync for all. No other class knows the driver's queries and its
 * connections from inside.
 * @see https://www.postgresql.org/docs/current/protocol-flow.html#PROTOCOL-FLOW-PIPELINING
 */
export class StatementBatch extends pg.Query {
  #completed = 0;
  /** The first statement with a row that could not be read. */
  #unreadable: number | undefined;
  #isWritten = false;
  /** Names that this batch sends, and with which statement. */
  readonly #sentNames = new Map<string, number>();

  /**
   * @param commitsAtSync - true outside of BEGIN and COMMIT: then the server commits when it is through with all of them, so that none of them
   * was done unless all were
   * @param names - of the session that gets it
   */
  constructor(
    private readonly statements: readonly BatchedStatement[],
    private readonly commitsAtSync: boolean,
    private readonly names: SessionNames,
  ) {
    super({ text: '', values: [] }, (error, results) => {
      this.finish(error ?? undefined, results);
    });
  }

  /** Gives a batch to a connection, and others behind it in the same write; nothing is sent when a value of the first cannot be written. */
  static send(client: pg.Client, first: StatementBatch, others: readonly StatementBatch[]): void {
    const { stream } = client.connection;
    stream.cork();
    client.query(first);
    if (first.#isWritten) for (const batch of others) client.query(batch);
    stream.uncork();
  }

  /** Called by the driver when it is this batch's turn to be written; what it returns fails the batch. */
  override submit = (connection: unknown): Error | null => {
    let values: (string | Buffer | null)[][];
    try {
      // Before anything is written: half a batch could not be taken back.
      values = this.statements.map((statement) => statement.values.map((value) => utils.prepareValue(value)));
    } catch (error) {
      return error instanceof Error ? error : new Error('A value cannot be written.', { cause: error });
    }
    this.#isWritten = true;
    this.write(connection as Wire, values);
    return null;
  };

  /** Called by the driver for each row. */
  handleDataRow(message: unknown): void {
    // Without its description a row cannot be read.
    if (this.statements[this.#completed]?.givesRows !== true) return;
    inherited.handleDataRow.call(this, message);
    if (this.internals._canceledDueToError !== false) this.#unreadable ??= this.#completed;
  }

  /** Called by the driver for each statement that was carried out. */
  handleCommandComplete(message: unknown, connection: unknown): void {
    this.#completed += 1;
    inherited.handleCommandComplete.call(this, message, connection);
  }

  private write(wire: Wire, values: readonly (readonly unknown[])[]): void {
    wire.stream.cork();
    for (const [n, { text, name = '', givesRows }] of this.statements.entries()) {
      const statement = this.prepare(wire, n, text, name);
      wire.bind({ portal: '', statement, values: values[n] ?? [], valueMapper: (value) => value });
      if (givesRows) wire.describe({ type: 'P', name: '' });
      wire.execute({ portal: '' });
    }
    wire.sync();
    wire.stream.uncork();
  }

  /** Has the server parse a statement that it does not know. @returns the name to use; empty for a statement that is sent whole */
  private prepare(wire: Wire, n: number, text: string, name: string): string {
    if (name !== '' && (this.names.has(name) || this.#sentNames.has(name))) return name;
    if (name === '' || this.names.isOnTheWay(name)) {
      wire.parse({ text, name: '' });
      return '';
    }
    if (this.names.send(name)) wire.close({ type: 'S', name });
    wire.parse({ text, name });
    this.#sentNames.set(name, n);
    return name;
  }

  private finish(error: Error | undefined, results: StatementResult | readonly StatementResult[] | undefined): void {
    // What comes after the statement that failed was skipped, and its name is free.
    for (const [name, n] of this.#sentNames)
      this.names.settle(name, n < this.#completed ? 'prepared' : n === this.#completed ? 'uncertain' : 'skipped');
    if (error !== undefined && isStalePlan(error)) this.names.forget();
    const all = asList(error === undefined ? results : this.internals._results);
    const succeeded =
      error !== undefined && this.commitsAtSync ? 0 : Math.min(this.#completed, this.#unreadable ?? Number.POSITIVE_INFINITY);
    for (const [n, { settle }] of this.statements.entries()) {
      if (n < succeeded) settle(undefined, all[n] ?? NOTHING);
      else settle(error ?? new Error('The server did not answer this statement.'), NOTHING);
    }
  }

  private get internals(): QueryInternals {
    return this as unknown as QueryInternals;
  }
}

function asList(results: StatementResult | readonly StatementResult[] | undefined): readonly StatementResult[] {
  if (results === undefined) return [];
  return Array.isArray(results) ? (results as readonly StatementResult[]) : [results as StatementResult];
}
