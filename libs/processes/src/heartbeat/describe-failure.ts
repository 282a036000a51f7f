import { redactedText } from '#zakops/audit';
import { databaseErrorFields, DatabaseError, DatabaseUnavailableError } from '#zakops/database';

const MAX_CHARACTERS = 200;
// Redaction needs to see more than the 200 characters that are shown.
const MAX_READ = 2_000;

// What is no SQLSTATE is the code of a socket, and its message holds an address. Class 22, data exceptions, quotes the value.
const QUOTABLE = /^(?!22)[0-9A-Z]{5}$/;
// As fetch and drivers quote an address with a password in it.
const CREDENTIALS = /\/\/[^\s/@]{1,500}@/g;

/**
 * Says in one line what went wrong: class, SQLSTATE, and the first 200 characters of the message.
 *
 * @remarks It is shown to operators and kept in the database. Members of an error are never quoted, because those of database errors hold
 * values; API keys and credentials in addresses are redacted.
 */
export function describeFailure(error: unknown): string {
  if (!(error instanceof Error)) return `${typeof error} was thrown`;
  // The driver's error says more than the domain error it was mapped to.
  const isMapped = error instanceof DatabaseError || error instanceof DatabaseUnavailableError;
  const origin = isMapped && error.cause instanceof Error ? error.cause : error;
  const code = isMapped ? databaseErrorFields(origin).sqlState : undefined;
  const name = code === undefined ? error.name : `${error.name} ${code}`;
  const message = code === undefined || QUOTABLE.test(code) ? origin.message : 'the log of the process says more';
  const line = message.slice(0, MAX_READ).replace(/\s+/g, ' ').replace(CREDENTIALS, '//[redacted]@');
  return `${name}: ${redactedText(line, MAX_CHARACTERS)}`;
}
