import { DomainError } from '#zakops/kernel';
import { QueryFailedError, QueryRunnerAlreadyReleasedError, QueryRunnerProviderAlreadyReleasedError } from 'typeorm';
import { DatabaseError, DatabaseTimeoutError, DatabaseUnavailableError } from './database.errors.js';
import { StatementFailedError } from './statement-failed.error.js';

const SERIALIZATION_FAILURE = '40001';
const DEADLOCK_DETECTED = '40P01';
const UNIQUE_VIOLATION = '23505';
const QUERY_CANCELED = '57014';
const LOCK_NOT_AVAILABLE = '55P03';
const IDLE_IN_TRANSACTION_TIMEOUT = '25P03';

// Class 08: connection exceptions; 53: out of connections or memory; 57P01 to 57P03: the server stops or starts.
const UNAVAILABLE_STATE = /^(?:08|53|57P0[123])/;
const UNAVAILABLE_SOCKET = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENOENT',
]);
// node-postgres and TypeORM give these conditions no code.
const UNAVAILABLE_TEXT =
  /timeout exceeded when trying to connect|connection terminated|client has encountered a connection error|cannot use a pool after calling end|is not (?:yet )?(?:established|initialized)|query read timeout|driver not connected/i;

/** What a database error says of itself; undefined where it says nothing, or is none. */
export interface DatabaseErrorFacts {
  readonly sqlState: string | undefined;
  readonly constraint: string | undefined;
  /** The place in the server's source that reported it. */
  readonly routine: string | undefined;
}

/** SQLSTATE, constraint and place of a database error, if that is what an error is. */
export function databaseErrorFacts(error: unknown): DatabaseErrorFacts {
  const driver: unknown = error instanceof Error && 'driverError' in error ? error.driverError : error;
  const text = (name: string): string | undefined => {
    const value: unknown = typeof driver === 'object' && driver !== null ? Reflect.get(driver, name) : undefined;
    return typeof value === 'string' ? value : undefined;
  };
  return { sqlState: text('code'), constraint: text('constraint'), routine: text('routine') };
}

/** True when running the whole transaction again may succeed. */
export function isRetryableConflict(error: unknown): boolean {
  const { sqlState } = databaseErrorFacts(error);
  return sqlState === SERIALIZATION_FAILURE || sqlState === DEADLOCK_DETECTED;
}

/** True when the named unique constraint was broken. */
export function isUniqueViolation(error: unknown, constraint: string): boolean {
  const facts = databaseErrorFacts(error);
  return facts.sqlState === UNIQUE_VIOLATION && facts.constraint === constraint;
}

/** True when the driver stopped waiting for an answer: the server may still be at work, so the connection is of no more use. */
export function isQueryTimeout(error: unknown): boolean {
  return error instanceof Error && /query read timeout/i.test(error.message);
}

/** True when a statement was given up because it took too long: by the driver, or by the server for its own sake or for a lock. */
export function isStatementTimeout(error: unknown): boolean {
  const { sqlState } = databaseErrorFacts(error);
  return sqlState === QUERY_CANCELED || sqlState === LOCK_NOT_AVAILABLE || isQueryTimeout(error);
}

/**
 * As {@link mapDatabaseError}, for what work inside a transaction threw: only what the driver reports is the database's. A refused
 * connection to another service carries the same codes, and must not pass for a database that is away.
 */
export function mapErrorOfWork(error: unknown): Error {
  // The connection broke between two statements.
  if (error instanceof QueryRunnerAlreadyReleasedError || error instanceof QueryRunnerProviderAlreadyReleasedError)
    return new DatabaseUnavailableError(error);
  if (error instanceof Error && !(error instanceof QueryFailedError) && !(error instanceof StatementFailedError)) return error;
  return mapDatabaseError(error);
}

/** Turns whatever the driver threw into an error of ours; errors that are already ours pass unchanged. */
export function mapDatabaseError(error: unknown): Error {
  if (error instanceof DomainError) return error;
  const { sqlState } = databaseErrorFacts(error);
  if (sqlState === IDLE_IN_TRANSACTION_TIMEOUT || isStatementTimeout(error)) return new DatabaseTimeoutError(error);
  if (sqlState !== undefined && (UNAVAILABLE_SOCKET.has(sqlState) || UNAVAILABLE_STATE.test(sqlState))) {
    return new DatabaseUnavailableError(error);
  }
  if (error instanceof Error && UNAVAILABLE_TEXT.test(error.message)) return new DatabaseUnavailableError(error);
  if (sqlState !== undefined && /^[0-9A-Z]{5}$/.test(sqlState)) return new DatabaseError(error);
  return error instanceof Error ? error : new Error('Something other than an error was thrown.', { cause: error });
}
