import { defineConfig, flag, integer, secondsAsMs } from '#zakops/config';
import { databaseUrl, isEncrypted } from '#zakops/postgres';

const NOT_ENCRYPTED = {
  env: 'DATABASE_URL',
  reason: 'needs sslmode=require, verify-ca or verify-full, because DB_SSL_REQUIRED is true',
  example: 'postgresql://zakops:secret@db.internal:5432/zakops?sslmode=verify-full&sslrootcert=/etc/zakops/ca.pem',
};
const LOCK_OUTLASTS_STATEMENT = { env: 'DATABASE_LOCK_TIMEOUT', reason: 'must be shorter than DATABASE_STATEMENT_TIMEOUT', example: '10' };

/** Where the database is and how many connections a process may hold, and for how long it waits for what. */
export class DatabaseConfig extends defineConfig(
  'Database',
  {
    url: {
      env: 'DATABASE_URL',
      schema: databaseUrl(),
      form: 'postgresql://user:password@host:5432/database?sslmode=verify-full',
      description:
        'PostgreSQL 15 or newer. `npm start` brings its own server when this is not set. `sslmode` (`disable`, `require`, `verify-ca`, `verify-full`) with `sslrootcert`, `sslcert`, `sslkey` means what it means to psql; without `sslmode` nothing is encrypted.',
      example: 'postgresql://zakops:secret@db.internal:5432/zakops?sslmode=verify-full&sslrootcert=/etc/zakops/ca.pem',
      secret: true,
    },
    sslRequired: {
      env: 'DB_SSL_REQUIRED',
      schema: flag(),
      default: 'false',
      form: 'true or false',
      description:
        'Refuses to start when `DATABASE_URL` allows an unencrypted connection: it needs `sslmode=require`, `verify-ca` or `verify-full`.',
      example: 'true',
    },
    poolSize: {
      env: 'DATABASE_POOL_SIZE',
      schema: integer(2, 500),
      default: '20',
      form: 'connections, 2 to 500',
      description:
        'The most connections one process opens, besides those for notices and, while all are in use, one for a probe. Transactions take three ' +
        'quarters of them, transactions that wait for the same row a quarter, one statement outside of transactions half. A quarter, one at ' +
        'least, is left to reads and probes, so use 4 or more.',
      example: '20',
    },
    statementTimeoutMs: {
      env: 'DATABASE_STATEMENT_TIMEOUT',
      schema: secondsAsMs(1, 3_600),
      default: '25',
      form: 'seconds, 1 to 3600',
      description:
        'How long the server works on one statement before it gives up and the request is answered with 503. A process stops waiting 5 s later, ' +
        'when not even that answer comes. Migrations have no limit.',
      example: '25',
    },
    lockTimeoutMs: {
      env: 'DATABASE_LOCK_TIMEOUT',
      schema: secondsAsMs(0.1, 3_600),
      default: '10',
      form: 'seconds, 0.1 to 3600; shorter than DATABASE_STATEMENT_TIMEOUT',
      description:
        'How long a statement waits for rows or tables that somebody else holds before it gives up and the request is answered with 503.',
      example: '10',
    },
    idleTransactionTimeoutMs: {
      env: 'DATABASE_IDLE_TRANSACTION_TIMEOUT',
      schema: secondsAsMs(1, 86_400),
      default: '60',
      form: 'seconds, 1 to 86400; longer than OUTBOX_HANDLER_TIMEOUT',
      description:
        'How long a transaction may stay open without a statement before the server rolls it back, so that nobody waits for its locks. A ' +
        'change of many dead letters over HTTP begins no further portion after half of it.',
      example: '60',
    },
    watchdogMs: {
      env: 'DATABASE_WATCHDOG_SECONDS',
      schema: secondsAsMs(1, 3_600),
      default: '30',
      form: 'seconds, 1 to 3600',
      description:
        'How long no connection of the pool may answer, although the database takes new ones, before the pool is thrown away and made anew. When ' +
        'that fails twice the process exits with 1.',
      example: '30',
    },
  },
  ({ url, sslRequired, lockTimeoutMs, statementTimeoutMs }) => [
    ...(sslRequired && !isEncrypted(url) ? [NOT_ENCRYPTED] : []),
    ...(lockTimeoutMs < statementTimeoutMs ? [] : [LOCK_OUTLASTS_STATEMENT]),
  ],
) {}
