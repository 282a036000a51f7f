import { defineConfig, text } from '#zakops/config';

/** What only the command line reads. */
export class CliSettings extends defineConfig('Command line (`zakops` only)', {
  apiKey: {
    env: 'ZAKOPS_API_KEY',
    schema: text(1, 200).optional(),
    form: 'API key',
    description: 'With which `zakops doctor --url` opens a stream, where a login is required; any role that may read deals will do.',
    example: 'zk_1f0c...',
    secret: true,
  },
}) {}
