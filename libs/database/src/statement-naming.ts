import { databaseErrorFacts } from './map-database-error.js';

// Behind a pooler in transaction mode the next statement may meet another server connection, which knows other names.
const UNKNOWN_STATEMENT_NAME = '26000';
const NAME_TAKEN = '42P05';
const FEATURE_NOT_SUPPORTED = '0A000';

const poolsWithoutNames = new WeakSet<object>();

/** False once it is known that statements cannot be prepared under names in a pool. */
export function namesStatements(pool: object): boolean {
  return !poolsWithoutNames.has(pool);
}

/**
 * Learns from an error: when the server does not know a name, or has it already, a pooler stands between, and this pool sends its
 * statements whole from now on.
 *
 * @returns true when the statement failed for that reason only, so that sending it again may succeed
 */
export function isNamingFailure(pool: object, error: unknown): boolean {
  const { sqlState } = databaseErrorFacts(error);
  if (sqlState !== UNKNOWN_STATEMENT_NAME && sqlState !== NAME_TAKEN) return false;
  poolsWithoutNames.add(pool);
  return true;
}

/** True when a migration changed a table under a prepared statement: parsed anew, it works. */
export function isStalePlan(error: unknown): boolean {
  const { sqlState, routine } = databaseErrorFacts(error);
  // By its place in the server, because the language of messages is a setting of the server.
  return sqlState === FEATURE_NOT_SUPPORTED && routine === 'RevalidateCachedQuery';
}
