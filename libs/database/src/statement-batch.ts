import pg from 'pg';
import utils from 'pg/lib/utils.js';
import { isStalePlan } from './statement-naming.js';

/** One statement of a batch, and who waits for it. */
export interface BatchedStatement {
  readonly text: string;
  /** Prepared under this name; undefined for one that is sent whole. */
  readonly name: string | undefined;
  readonly values: readonly unknown[];
  /** False when nobody reads its rows: then the server need not describe them. */
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

/** What the driver calls and its types do not mention. */
const inherited = pg.Query.prototype as unknown as {
  handleDataRow(message: unknown): void;
  handleCommandComplete(message: unknown, connection: unknown): void;
};

const NOTHING: StatementResult = { rows: [], command: '' };

/** Names of which it is not known at the moment whether the server has them. */
interface OpenNames {
  /** Sent, and not answered yet: nothing may be sent under them meanwhile. */
  readonly onTheWay: Set<string>;
  /** Their statement failed, before or after the server took the name. */
  readonly uncertain: Set<string>;
}

const openNames = new WeakMap<Wire, OpenNames>();

function openNamesOf(wire: Wire): OpenNames {
  let names = openNames.get(wire);
  if (names === undefined) openNames.set(wire, (names = { onTheWay: new Set(), uncertain: new Set() }));
  return names;
}

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
  /** The first statement with a row that could not be read. */
  #unreadable: number | undefined;
  #wire: Wire | undefined;
  /** Names that this batch makes known to the server, and with which statement. */
  readonly #naming = new Map<string, number>();

  /**
   * @param commitsAtSync - true outside of BEGIN and COMMIT: then the server commits when it is through with all of them, so that none of them
   * was done unless all were
   */
  constructor(
    private readonly statements: readonly BatchedStatement[],
    private readonly commitsAtSync: boolean,
  ) {
    super({ text: '', values: [] }, (error, results) => {
      this.finish(error ?? undefined, results);
    });
  }

  /** True once it was given to the connection; false when a value of it cannot be written. */
  get isWritten(): boolean {
    return this.#wire !== undefined;
  }

  /** Called by the driver when it is this batch's turn to be written; what it returns fails the batch. */
  override submit = (connection: unknown): Error | null => {
    const wire = connection as Wire;
    let values: (string | Buffer | null)[][];
    try {
      // Before anything is written: half a batch could not be taken back.
      values = this.statements.map((statement) => statement.values.map((value) => utils.prepareValue(value)));
    } catch (error) {
      return error instanceof Error ? error : new Error('A value cannot be written.', { cause: error });
    }
    this.#wire = wire;
    wire.stream.cork();
    for (const [n, { text, name = '', givesRows }] of this.statements.entries()) {
      const statement = this.parse(wire, n, text, name);
      wire.bind({ portal: '', statement, values: values[n] ?? [], valueMapper: (value) => value });
      if (givesRows) wire.describe({ type: 'P', name: '' });
      wire.execute({ portal: '' });
    }
    wire.sync();
    wire.stream.uncork();
    return null;
  };

  /** Called by the driver for each row. */
  handleDataRow(message: unknown): void {
    // Without its description a row cannot be read, and nobody wants to.
    if (this.statements[this.#completed]?.givesRows !== true) return;
    inherited.handleDataRow.call(this, message);
    if ((this as unknown as { _canceledDueToError: unknown })._canceledDueToError !== false) this.#unreadable ??= this.#completed;
  }

  /** Called by the driver for each statement that was carried out. */
  handleCommandComplete(message: unknown, connection: unknown): void {
    this.#completed += 1;
    inherited.handleCommandComplete.call(this, message, connection);
  }

  /** Has the server parse a statement that it does not know; gives the name to use. */
  private parse(wire: Wire, n: number, text: string, name: string): string {
    if (name !== '' && (wire.parsedStatements[name] !== undefined || this.#naming.has(name))) return name;
    const { onTheWay, uncertain } = openNamesOf(wire);
    if (name === '' || onTheWay.has(name)) {
      wire.parse({ text, name: '' });
      return '';
    }
    if (uncertain.delete(name)) wire.close({ type: 'S', name });
    wire.parse({ text, name });
    onTheWay.add(name);
    this.#naming.set(name, n);
    return name;
  }

  private finish(error: Error | undefined, results: StatementResult | readonly StatementResult[] | undefined): void {
    this.rememberNames();
    if (error !== undefined && isStalePlan(error)) this.forgetNames();
    const all = asList(error === undefined ? results : (this as unknown as { _results: StatementResult })._results);
    const good = error !== undefined && this.commitsAtSync ? 0 : Math.min(this.#completed, this.#unreadable ?? Number.POSITIVE_INFINITY);
    for (const [n, { settle }] of this.statements.entries()) {
      if (n < good) settle(undefined, all[n] ?? NOTHING);
      else settle(error ?? new Error('The server did not answer this statement.'), NOTHING);
    }
  }

  private rememberNames(): void {
    if (this.#wire === undefined) return;
    const { onTheWay, uncertain } = openNamesOf(this.#wire);
    for (const [name, n] of this.#naming) {
      onTheWay.delete(name);
      // What comes after the one that failed was skipped, and its name is free.
      if (n < this.#completed) this.#wire.parsedStatements[name] = this.statements[n]?.text ?? '';
      else if (n === this.#completed) uncertain.add(name);
    }
  }

  /** A migration changed what one statement gives, and so perhaps what others give: all are parsed anew. */
  private forgetNames(): void {
    if (this.#wire === undefined) return;
    const { uncertain } = openNamesOf(this.#wire);
    for (const name of Object.keys(this.#wire.parsedStatements)) {
      // By reflection, because the driver keeps its names in a plain object.
      Reflect.deleteProperty(this.#wire.parsedStatements, name);
      uncertain.add(name);
    }
  }
}

function asList(results: StatementResult | readonly StatementResult[] | undefined): readonly StatementResult[] {
  if (results === undefined) return [];
  return Array.isArray(results) ? (results as readonly StatementResult[]) : [results as StatementResult];
}
