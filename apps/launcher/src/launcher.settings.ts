import { defineConfig, text } from '#zakops/config';
import { z } from 'zod';

/** What only `npm start` reads; it passes everything else on to the processes that it starts. */
export class LauncherSettings extends defineConfig('Launcher (`npm start` only)', {
  dataDir: {
    env: 'ZAKOPS_DATA_DIR',
    schema: text(1, 4_096),
    default: '.zakops',
    form: 'path, relative to the current folder or absolute',
    description: 'Where the embedded PostgreSQL keeps its data between runs. Not used when `DATABASE_URL` is set.',
    example: '/var/lib/zakops',
  },
}) {}

/** The one setting that the launcher reads beside its own: without it, it brings a server. It says itself what is wrong with it. */
export class LauncherDatabaseSettings extends defineConfig('Database of the launcher', {
  url: {
    env: 'DATABASE_URL',
    schema: z.string().trim().optional(),
    form: 'postgresql://user:password@host:5432/database',
    description: 'The server to use instead of an embedded one.',
    example: 'postgresql://zakops:secret@db.internal:5432/zakops',
    secret: true,
  },
}) {}
