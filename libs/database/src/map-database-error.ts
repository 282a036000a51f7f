import { DomainError } from '#zakops/kernel';
import {
  DatabaseConflictError,
  DatabaseError,
  DatabaseTimeoutError,
  DatabaseUnavailableError,
  DuplicateValueError,
  ValueTooLargeError,
} from './database.errors.js';
import { NoPlaceError } from './row-places.js';
import { meaningOf, READ_ONLY } from './sql-states.js';
import { StatementFailedError } from './statement-failed.error.js';

const SERIALIZATION_FAILURE = '40001';
const DEADLOCK_DETECTED = '40P01';
const UNIQUE_VIOLATION = '23505';
const QUERY_CANCELED = '57014';
const LOCK_NOT_AVAILABLE = '55P03';

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
export function databaseErrorFields(error: unknown): DatabaseErrorFacts {
  const driver: unknown = error instanceof Error && 'driverError' in error ? error.driverError : error;
  const text = (name: string): string | undefined => {
    const value: unknown = typeof driver === 'object' && driver !== null ? Reflect.get(driver, name) : undefined;
    return typeof value === 'string' ? value : undefined;
  };
  return { sqlState: text('code'), constraint: text('constraint'), routine: text('routine') };
}

/** True when running the whole transaction again may succeed. */
export function isRetryableConflict(error: unknown): boolean {
  if (error instanceof NoPlaceError) return true;
  const { sqlState } = databaseErrorFields(error);
  return sqlState === SERIALIZATION_FAILURE || sqlState === DEADLOCK_DETECTED;
}

/** True when the named unique constraint was broken. */
export function isUniqueViolation(error: unknown, constraint: string): boolean {
  const fields = databaseErrorFields(error);
  return fields.sqlState === UNIQUE_VIOLATION && fields.constraint === constraint;
}

/** True when the driver stopped waiting for an answer: the server may still be at work, so the connection is of no more use. */
export function isQueryTimeout(error: unknown): boolean {
  return error instanceof Error && /query read timeout/i.test(error.message);
}

/** True when a statement was given up because it took too long: by the driver, or by the server for its own sake or for a lock. */
export function isStatementTimeout(error: unknown): boolean {
  const { sqlState } = databaseErrorFields(error);
  return sqlState === QUERY_CANCELED || sqlState === LOCK_NOT_AVAILABLE || isQueryTimeout(error);
}

/**
 * As {@link mapDatabaseError}, for what work inside a transaction threw: only what the driver reports is the database's. A refused
 * connection to another service carries the same codes, and must not pass for a database that is away.
 */
export function mapErrorOfWork(error: unknown): Error {
  if (error instanceof Error && !(error instanceof StatementFailedError)) return error;
  return mapDatabaseError(error);
}

/** True when the connection must not be used again: it is broken or busy, or leads to a server that cannot do what is asked. */
export function losesConnection(error: unknown): boolean {
  if (isQueryTimeout(error)) return true;
  const { sqlState } = databaseErrorFields(error);
  return sqlState !== undefined && (UNAVAILABLE_SOCKET.has(sqlState) || meaningOf(sqlState) === 'unavailable');
}

/** True when the server takes no writes, as a standby. */
export function isReadOnly(error: unknown): boolean {
  return databaseErrorFields(error).sqlState === READ_ONLY;
}

/** Turns whatever the driver threw into an error of ours; errors that are already ours pass unchanged. */
export function mapDatabaseError(error: unknown): Error {
  if (error instanceof DomainError) return error;
  if (isReadOnly(error)) return new DatabaseUnavailableError(error, 'The database takes no changes at the moment.');
  const { sqlState } = databaseErrorFields(error);
  if (isQueryTimeout(error)) return new DatabaseTimeoutError(error);
  if (sqlState !== undefined && UNAVAILABLE_SOCKET.has(sqlState)) return new DatabaseUnavailableError(error);
  const meaning = meaningOf(sqlState);
  // Without a state, the text is all that there is.
  if (meaning === undefined && error instanceof Error && UNAVAILABLE_TEXT.test(error.message)) return new DatabaseUnavailableError(error);
  switch (meaning) {
    case 'unavailable':
      return new DatabaseUnavailableError(error);
    case 'timeout':
      return new DatabaseTimeoutError(error);
    case 'conflict':
      return new DatabaseConflictError(error);
    case 'duplicate':
      return new DuplicateValueError(error);
    case 'limit':
      return new ValueTooLargeError(error);
    case 'fault':
      return new DatabaseError(error);
    case undefined:
      return error instanceof Error ? error : new Error('Something other than an error was thrown.', { cause: error });
  }
}
