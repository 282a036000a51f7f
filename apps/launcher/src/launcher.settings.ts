import { defineConfig, text } from '#zakops/config';

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
