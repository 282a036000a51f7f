import { createTestDatabase, spawnApi } from '#zakops/testing';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runCli, runCliJson } from './run-cli.js';
import { runOnTerminal } from './run-on-terminal.js';

const URL_WITH_PASSWORD = 'postgresql://ann:hidden-word@db.example.com/zakops';

interface CheckResult {
  readonly ok: boolean;
  readonly problems: readonly { readonly variable: string; readonly reason: string; readonly example: string }[];
  readonly warnings: readonly { readonly variable: string; readonly meant: string | null }[];
}

interface Settings {
  readonly settings: readonly {
    readonly variable: string;
    readonly value: string | null;
    readonly source: string;
    readonly group: string;
  }[];
}

describe('zakops config check', () => {
  it('finds nothing wrong with settings that API and worker would start with', async () => {
    expect(await runCliJson<CheckResult>(URL_WITH_PASSWORD, ['config', 'check'])).toEqual({
      code: 0,
      ok: true,
      problems: [],
      warnings: [],
    });
  });

  it('names every problem at once, with a value that works, those of rules between settings too', async () => {
    const env = { PORT: 'eight', OUTBOX_BATCH_SIZE: '0', DB_SSL_REQUIRED: 'perhaps', SESSION_SECRET: 'hidden-secret' };
    const { code, problems } = await runCliJson<CheckResult>(undefined, ['config', 'check'], { env });
    expect([code, problems.map(({ variable }) => variable).toSorted()]).toEqual([
      1,
      ['DATABASE_URL', 'DB_SSL_REQUIRED', 'OUTBOX_BATCH_SIZE', 'PORT'],
    ]);
    expect(problems.find(({ variable }) => variable === 'PORT')).toEqual({
      variable: 'PORT',
      reason: 'must be a whole number from 0 to 65535',
      example: '8000',
    });
    const rules = await runCliJson<CheckResult>(URL_WITH_PASSWORD, ['config', 'check'], {
      env: { APP_ENV: 'production', DATABASE_IDLE_TRANSACTION_TIMEOUT: '20', SHUTDOWN_TIMEOUT: '4', DRAIN_DELAY: '5' },
    });
    expect(rules.problems.map(({ variable }) => variable).toSorted()).toEqual([
      'AUTH_REQUIRED',
      'DATABASE_IDLE_TRANSACTION_TIMEOUT',
      'SESSION_SECRET',
      'SHUTDOWN_TIMEOUT',
    ]);
  });

  it('warns of names that mean nothing, which counts with --strict', async () => {
    const env = { OUTBOX_WAKEE: '60', ZAKOPS_COLOUR: 'blue', ZAKOPS_BACKEND_SERVICE_HOST: '10.0.0.1' };
    const result = await runCliJson<CheckResult>(URL_WITH_PASSWORD, ['config', 'check'], { env });
    expect([result.code, result.warnings.map(({ variable, meant }) => [variable, meant])]).toEqual([
      0,
      [
        ['OUTBOX_WAKEE', 'OUTBOX_WAKE'],
        ['ZAKOPS_COLOUR', null],
      ],
    ]);
    expect((await runCliJson<CheckResult>(URL_WITH_PASSWORD, ['config', 'check', '--strict'], { env })).code).toBe(1);
  });
});

describe('zakops config show', () => {
  it('says what is in force and where it comes from, and shows no secret', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'zakops-config-'));
    const file = join(folder, 'secret');
    await writeFile(file, `${'hidden-secret-'.repeat(4)}\n`);
    try {
      const env = { SESSION_SECRET_FILE: file, PORT: '9000' };
      const { code, out, error } = await runCli(URL_WITH_PASSWORD, ['config', 'show'], { env });
      const { settings } = JSON.parse(out) as Settings;
      const of = (name: string): unknown => settings.find(({ variable }) => variable === name);
      expect([code, error]).toEqual([0, '']);
      expect(of('PORT')).toEqual({ variable: 'PORT', group: 'HTTP', value: '9000', source: 'environment' });
      expect(of('HOST')).toEqual({ variable: 'HOST', group: 'HTTP', value: '0.0.0.0', source: 'default' });
      expect(of('SESSION_SECRET')).toMatchObject({ value: '***', source: 'file' });
      expect(of('DATABASE_URL')).toMatchObject({ value: '***', source: 'environment' });
      expect(out).not.toContain('hidden');

      const changed = await runCliJson<Settings>(URL_WITH_PASSWORD, ['config', 'show', '--changed'], { env });
      expect(changed.settings.map(({ variable }) => variable).toSorted()).toEqual(['DATABASE_URL', 'PORT', 'SESSION_SECRET']);
      const missing = await runCliJson<Settings>(undefined, ['config', 'show'], { env: { SESSION_SECRET_FILE: join(folder, 'none') } });
      expect(missing.settings.find(({ variable }) => variable === 'SESSION_SECRET')).toMatchObject({ value: null, source: 'problem' });
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it('draws a table on a terminal', async () => {
    const { screen, ended } = runOnTerminal(URL_WITH_PASSWORD, ['config', 'show', '--changed']);
    expect(await ended).toBe(0);
    expect(screen()).toMatch(/│ DATABASE_URL │ \*\*\* +│ environment │ Database │/);
  });
});

describe('a process with a misspelt setting', () => {
  it('says at its start that it has no effect, and starts', async () => {
    const database = await createTestDatabase();
    const api = await spawnApi(database.url, { OUTBOX_WAKEE: '60' });
    try {
      const line = JSON.parse(await api.waitForLine('OUTBOX_WAKEE')) as Record<string, unknown>;
      expect(line).toMatchObject({
        level: 'warn',
        variable: 'OUTBOX_WAKEE',
        meant: 'OUTBOX_WAKE',
        message: 'OUTBOX_WAKEE is set, but is no setting of ZakOps. Did you mean OUTBOX_WAKE?',
      });
    } finally {
      await api.stop();
      await database.drop();
    }
  });
});
