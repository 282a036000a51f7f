import { StatementFailedError } from './statement-failed.error.js';

/** What the server said of a statement that it refused: names of its schema, and no values of rows. */
export interface ServerReport {
  readonly sqlState: string;
  /** Without its schema; undefined when the server names none. */
  readonly table: string | undefined;
  readonly constraint: string | undefined;
  /** The server's own words. They may quote values. */
  readonly message: string;
}

// Class 42: the statement names something that is not there, or is not allowed. Only the text says what.
const RULE_OF_NAMES = '42';

/**
 * What the server reported, read from an error or from what caused it.
 *
 * @returns undefined when no statement was refused by the server
 */
export function findDatabaseError(error: unknown): ServerReport | undefined {
  for (let at = error, depth = 0; at instanceof Error && depth < 8; at = at.cause, depth += 1) {
    const driver: unknown = 'driverError' in at ? at.driverError : at;
    if (driver instanceof Error && (at instanceof StatementFailedError || 'severity' in driver)) {
      const report = reportOf(driver);
      if (report !== undefined) return report;
    }
  }
  return undefined;
}

function reportOf(driver: Error): ServerReport | undefined {
  const text = (name: string): string | undefined => {
    const value: unknown = Reflect.get(driver, name);
    return typeof value === 'string' ? value : undefined;
  };
  const sqlState = text('code');
  // A broken socket has a code of its own kind, and no severity.
  if (sqlState === undefined || text('severity') === undefined || !/^[0-9A-Z]{5}$/.test(sqlState)) return undefined;
  const { message } = driver;
  const table = text('table') ?? (sqlState.startsWith(RULE_OF_NAMES) ? tableIn(message) : undefined);
  return { sqlState, table, constraint: text('constraint'), message };
}

/** The table of `relation "zakops.deals" does not exist` and `permission denied for table deals`, without its schema. */
function tableIn(message: string): string | undefined {
  const [, name] = /\b(?:relation|table) "?([\w$.]+)"?/.exec(message) ?? [];
  return name?.split('.').at(-1);
}
