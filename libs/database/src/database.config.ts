import { z } from 'zod';
import { defineConfig, integer } from '#zakops/config';

const databaseUrl = z.string().superRefine((raw, context) => {
  if (!/^postgres(ql)?:\/\//.test(raw)) {
    context.addIssue({ code: 'custom', message: 'must begin with postgresql://' });
  } else if (!URL.canParse(raw)) {
    context.addIssue({ code: 'custom', message: 'is not a readable address; special characters in the password must be percent-encoded' });
  } else if (new URL(raw).pathname.length < 2) {
    context.addIssue({ code: 'custom', message: 'names no database' });
  }
});

/** Where the database is and how many connections a process may hold. */
export class DatabaseConfig extends defineConfig('Database', {
  url: {
    env: 'DATABASE_URL',
    schema: databaseUrl,
    form: 'postgresql://user:password@host:5432/database',
    description: 'PostgreSQL 15 or newer. `npm start` brings its own server when this is not set.',
    example: 'postgresql://zakops:secret@db.internal:5432/zakops',
    secret: true,
  },
  poolSize: {
    env: 'DATABASE_POOL_SIZE',
    schema: integer(2, 500),
    default: '20',
    form: 'connections, 2 to 500',
    description: 'The most connections one process opens, besides one for notices.',
    example: '20',
  },
}) {}
