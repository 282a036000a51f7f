import pg from 'pg';
import utils from 'pg/lib/utils.js';

/** One statement of a batch, and who waits for it. */
export interface BatchedStatement {
  readonly text: string;
  /** Prepared under this name; undefined for one that is sent whole. */
  readonly name: string | undefined;
  readonly values: readonly unknown[];
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
  /** Names that the server knows, and their texts. */
  readonly parsedStatements: Record<string, string>;
  readonly stream: { cork(): void; uncork(): void };
  parse(message: { text: string; name: string }): void;
  bind(message: { portal: string; statement: string; values: readonly unknown[]; valueMapper: (value: unknown) => unknown }): void;
  describe(message: { type: 'P'; name: string }): void;
  execute(message: { portal: string }): void;
  close(message: { type: 'S'; name: string }): void;
  sync(): void;
}

const NOTHING: StatementResult = { rows: [], command: '' };

// A statement failed before it was known whether the server keeps its name.
const uncertain = new WeakMap<Wire, Set<string>>();

/**
 * Several statements that the server takes in one go: it answers when it is through with all of them, or with the first that fails, and
 * then skips the rest.
 *
 * @remarks The driver ends each statement with a Sync, for which the server sends its answer at once: a packet, a wake-up and a read for
 * every statement, which cost more than most statements. Here there is one Sync for all.
 * @see https://www.postgresql.org/docs/current/protocol-flow.html#PROTOCOL-FLOW-PIPELINING
 */
export class StatementBatch extends pg.Query {
  #completed = 0;

  constructor(private readonly statements: readonly BatchedStatement[]) {
    super({ text: '', values: [] }, (error, results) => {
      this.finish(error, results);
    });
  }

  /** Called by the driver when it is this batch's turn to be written. */
  override submit = (connection: unknown): Error | null => {
    const wire = connection as Wire;
    // Before anything is written: half a batch could not be taken back.
    const values = this.statements.map((statement) => statement.values.map((value) => utils.prepareValue(value)));
    const unsure = uncertain.get(wire);
    wire.stream.cork();
    for (const [n, { text, name = '' }] of this.statements.entries()) {
      if (name === '' || wire.parsedStatements[name] === undefined) {
        if (unsure?.has(name) === true) wire.close({ type: 'S', name });
        wire.parse({ text, name });
      }
      wire.bind({ portal: '', statement: name, values: values[n] ?? [], valueMapper: (value) => value });
      wire.describe({ type: 'P', name: '' });
      wire.execute({ portal: '' });
    }
    wire.sync();
    wire.stream.uncork();
    this.#wire = wire;
    return null;
  };

  #wire: Wire | undefined;

  /** Called by the driver for each statement that was carried out. */
  handleCommandComplete(message: unknown, connection: unknown): void {
    this.#completed += 1;
    (pg.Query.prototype as unknown as { handleCommandComplete(...args: unknown[]): void }).handleCommandComplete.call(
      this,
      message,
      connection,
    );
  }

  private finish(error: Error | undefined | null, results: StatementResult | readonly StatementResult[] | undefined): void {
    this.rememberNames(error !== undefined && error !== null);
    const all =
      error === undefined || error === null ? asList(results) : asList((this as unknown as { _results: StatementResult })._results);
    for (const [n, { settle }] of this.statements.entries()) {
      if (n < this.#completed) settle(undefined, all[n] ?? NOTHING);
      else settle(error ?? new Error('The server did not answer this statement.'), NOTHING);
    }
  }

  private rememberNames(hasFailed: boolean): void {
    const wire = this.#wire;
    if (wire === undefined) return;
    for (const [n, { name, text }] of this.statements.entries()) {
      if (name === undefined) continue;
      if (n < this.#completed) wire.parsedStatements[name] = text;
      else if (hasFailed && n === this.#completed && wire.parsedStatements[name] === undefined) {
        uncertain.set(wire, (uncertain.get(wire) ?? new Set()).add(name));
      }
    }
  }
}

function asList(results: StatementResult | readonly StatementResult[] | undefined): readonly StatementResult[] {
  if (results === undefined) return [];
  return Array.isArray(results) ? (results as readonly StatementResult[]) : [results as StatementResult];
}
