import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
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

  it('reads DATABASE_URL from a file and passes it on once', () => {
    const folder = mkdtempSync(join(tmpdir(), 'zakops-launcher-'));
    try {
      const file = join(folder, 'url');
      writeFileSync(file, 'postgresql://u:p@db/x\n');
      const config = readLauncherConfig({ DATABASE_URL_FILE: file, KEPT: 'yes' }, '/dist');
      expect(config.databaseUrl).toBe('postgresql://u:p@db/x');
      expect(config.env).toEqual({ KEPT: 'yes' });
      expect(() => readLauncherConfig({ DATABASE_URL_FILE: file, DATABASE_URL: 'postgresql://u:p@db/x' }, '/dist')).toThrow(
        'DATABASE_URL_FILE is set beside DATABASE_URL; set one of the two.',
      );
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
