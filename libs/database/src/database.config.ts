import { defineConfig, flag, integer } from '#zakops/config';
import { databaseUrl, isEncrypted } from '#zakops/postgres';

/** Where the database is and how many connections a process may hold. */
export class DatabaseConfig extends defineConfig(
  'Database',
  {
    url: {
      env: 'DATABASE_URL',
      schema: databaseUrl(),
      form: 'postgresql://user:password@host:5432/database?sslmode=verify-full',
      description:
        'PostgreSQL 15 or newer. `npm start` brings its own server when this is not set. `sslmode` (`disable`, `prefer`, `require`, `verify-ca`, `verify-full`) with `sslrootcert`, `sslcert`, `sslkey` mean what they mean to psql; without `sslmode` nothing is encrypted.',
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
      description: 'The most connections one process opens, besides one for notices.',
      example: '20',
    },
  },
  ({ url, sslRequired }) =>
    sslRequired && !isEncrypted(url)
      ? [
          {
            env: 'DATABASE_URL',
            reason: 'needs sslmode=require, verify-ca or verify-full, because DB_SSL_REQUIRED is true',
            example: 'postgresql://zakops:secret@db.internal:5432/zakops?sslmode=verify-full&sslrootcert=/etc/zakops/ca.pem',
          },
        ]
      : [],
) {}
