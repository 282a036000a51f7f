import { defineConfig } from '#zakops/config';
import { databaseUrl } from '#zakops/postgres';

/** The one setting of the database that a health check needs; the class of all of them brings the whole of TypeORM with it. */
export class WorkerHealthSettings extends defineConfig('Worker health', {
  url: {
    env: 'DATABASE_URL',
    schema: databaseUrl(),
    form: 'postgresql://user:password@host:5432/database',
    description: 'The database that the worker uses.',
    example: 'postgresql://zakops:secret@db.internal:5432/zakops',
    secret: true,
  },
}) {}
