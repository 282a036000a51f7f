import { SESSION_SETTINGS } from '#zakops/postgres';
import { prepared } from './statement.js';
import type { PreparedStatement } from './statement.js';

/** What a transaction sends before anything else, in one packet with its first statement. */
export interface TransactionSettings {
  /** Instead of BEGIN. */
  readonly begin: PreparedStatement;
  /** For a statement alone: what is sent in one go with it is one transaction. */
  readonly alone: PreparedStatement;
  /** Behind one of the two. */
  readonly settings: PreparedStatement;
}

// In SET, because set_config is a query, and the isolation cannot be changed after one.
const MODES = 'ISOLATION LEVEL READ COMMITTED NOT DEFERRABLE';
const BEGIN = prepared(`BEGIN ${MODES}`);
const ALONE = prepared(`SET TRANSACTION ${MODES}`);

// These have an effect outside of transactions only.
const OF_SESSIONS = new Set(['default_transaction_isolation', 'default_transaction_deferrable', 'exit_on_error', 'idle_session_timeout']);

/** What every transaction has to set where sessions do not keep their settings. */
export function settingsOfTransactions(limits: Readonly<Record<string, number>>): TransactionSettings {
  const settings = [...Object.entries(SESSION_SETTINGS).filter(([name]) => !OF_SESSIONS.has(name)), ...Object.entries(limits)];
  const calls = settings.map(([name, value]) => `set_config('${name}', '${String(value)}', true)`);
  return { begin: BEGIN, alone: ALONE, settings: prepared(`SELECT ${calls.join(', ')}`) };
}
