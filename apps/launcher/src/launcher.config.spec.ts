import { resolve } from 'node:path';
import { readLauncherConfig } from './launcher.config.js';

describe(readLauncherConfig.name, () => {
  it('needs no environment', () => {
    const config = readLauncherConfig({}, '/dist');

    expect(config).toMatchObject({ dataDir: resolve('.zakops'), port: 8000, host: undefined, databaseUrl: undefined });
    expect(config.commands.api).toEqual(['--max-semi-space-size=8', '/dist/apps/api/src/main.js']);
  });

  it('takes an empty value for none', () => {
    const config = readLauncherConfig({ PORT: '', DATABASE_URL: ' ', ZAKOPS_DATA_DIR: '' }, '/dist');

    expect(config).toMatchObject({ dataDir: resolve('.zakops'), port: 8000, databaseUrl: undefined });
  });

  it.each(['0', '65536', '-1', '80a', '8e3', '80.5'])('refuses PORT=%s', (value) => {
    expect(() => readLauncherConfig({ PORT: value }, '/dist')).toThrow('PORT must be a number from 1 to 65535');
  });
});
