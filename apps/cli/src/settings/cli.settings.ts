import { defineConfig, text } from '#zakops/config';
import { databaseUrl } from '#zakops/postgres';

/** What only the command line reads. */
export class CliSettings extends defineConfig('Command line (`zakops` only)', {
  migrationUrl: {
    env: 'MIGRATION_DATABASE_URL',
    schema: databaseUrl().optional(),
    form: 'as DATABASE_URL',
    description:
      'What `zakops migrate` and `zakops roles` use in the place of `DATABASE_URL`, where the role that owns the schema is another one than the ' +
      'role that runs.',
    example: 'postgresql://zakops_migration:secret@db.internal:5432/zakops?sslmode=verify-full',
    secret: true,
  },
  apiKey: {
    env: 'ZAKOPS_API_KEY',
    schema: text(1, 200).optional(),
    form: 'API key',
    description: 'With which `zakops doctor --url` opens a stream, where a login is required; any role that may read deals will do.',
    example: 'zko_1f0c...',
    secret: true,
  },
}) {}
