import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { ConfigError } from './config-problem.js';
import { loadConfig } from './load-config.js';
import type { ConfigRule } from './load-config.js';
import { defineConfig } from './setting.js';
import type { Setting } from './setting.js';
import { flag, integer, oneOf, secondsAsMs, text, textList } from './setting-types.js';

class SampleConfig extends defineConfig('Sample', {
  port: { env: 'PORT', schema: integer(1, 65_535), default: '8000', form: 'port', description: '', example: '8000' },
  pauseMs: { env: 'PAUSE', schema: secondsAsMs(0.05, 60), default: '1.0', form: 'seconds', description: '', example: '1.0' },
  secret: { env: 'SECRET', schema: text(4, 9), form: 'text', description: '', example: 'abcd', secret: true },
  note: { env: 'NOTE', schema: z.string().optional(), form: 'text', description: '', example: 'x' },
}) {}

function problemsOf(act: () => unknown): readonly { env: string; reason: string }[] {
  try {
    act();
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  return [];
}

describe(loadConfig.name, () => {
  it('gives typed values, defaults, and undefined for what may be missing', () => {
    const config = loadConfig([SampleConfig], { SECRET: 'abcd', PORT: '' }).get(SampleConfig);
    expect(Object.entries(config)).toEqual(Object.entries({ port: 8000, pauseMs: 1000, secret: 'abcd', note: undefined }));
  });

  it('lists every problem at once, with the variable and an example, and never the value', () => {
    const act = (): unknown => loadConfig([SampleConfig], { PORT: '70000', PAUSE: 'soon', SECRET: 'much-too-long-secret' });
    expect(problemsOf(act).map(({ env, reason }) => `${env} ${reason}`)).toEqual([
      'PORT must be a whole number from 1 to 65535',
      'PAUSE must be seconds from 0.05 to 60',
      'SECRET must have at most 9 characters',
    ]);
    expect(act).toThrow(/PORT=8000/);
    expect(act).not.toThrow(/much-too-long/);
  });

  it('says which required variable is not set', () => {
    expect(problemsOf(() => loadConfig([SampleConfig], {}))).toEqual([{ env: 'SECRET', reason: 'is not set', example: 'abcd' }]);
  });

  it('checks a rule between fields when those that it asks for are readable, whatever else is wrong', () => {
    class OtherConfig extends defineConfig('Other', {
      limit: { env: 'LIMIT', schema: integer(1, 9), default: '5', form: 'number', description: '', example: '5' },
    }) {}
    const rule: ConfigRule = (config) => [{ env: 'LIMIT', reason: `clashes at ${config.get(OtherConfig).limit}`, example: '1' }];
    const load = (env: Record<string, string>): readonly string[] =>
      problemsOf(() => loadConfig([SampleConfig, OtherConfig], env, [rule])).map(({ env: name, reason }) => `${name} ${reason}`);
    expect(load({ SECRET: 'abcd' })).toEqual(['LIMIT clashes at 5']);
    expect(load({})).toEqual(['SECRET is not set', 'LIMIT clashes at 5']);
    expect(load({ LIMIT: 'many' })).toEqual(['SECRET is not set', 'LIMIT must be a whole number from 1 to 9']);
  });
});

describe(defineConfig.name, () => {
  const bound = (env: string, fallback: string): Setting<z.ZodType<number>> => ({
    env,
    schema: integer(0, 9),
    default: fallback,
    form: '',
    description: '',
    example: '1',
  });

  class Range extends defineConfig('Range', { low: bound('LOW', '1'), high: bound('HIGH', '2') }, ({ low, high }) =>
    low <= high ? [] : [{ env: 'HIGH', reason: 'must not be less than LOW', example: '2' }],
  ) {}

  it('holds the rule of a class wherever the class is loaded, once its fields are readable', () => {
    expect(problemsOf(() => loadConfig([Range], { LOW: '3' })).map(({ env }) => env)).toEqual(['HIGH']);
    expect(problemsOf(() => loadConfig([Range], { LOW: 'x' })).map(({ env }) => env)).toEqual(['LOW']);
    expect(loadConfig([Range], { LOW: '2' }).get(Range).high).toBe(2);
  });
});

describe('secrets in files', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'zakops-config-'));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  function file(content: string): string {
    const path = join(folder, 'secret');
    writeFileSync(path, content);
    return path;
  }

  it('reads a secret from the file that <NAME>_FILE names, without the line break at its end', () => {
    expect(loadConfig([SampleConfig], { SECRET_FILE: file('  abcde\n') }).get(SampleConfig).secret).toBe('abcde');
  });

  it('takes an empty variable beside the file for none', () => {
    expect(loadConfig([SampleConfig], { SECRET: ' ', SECRET_FILE: file('abcde') }).get(SampleConfig).secret).toBe('abcde');
  });

  it('reads files for secrets only', () => {
    expect(loadConfig([SampleConfig], { SECRET: 'abcd', PORT_FILE: file('81') }).get(SampleConfig).port).toBe(8000);
  });

  it.each([
    ['both', { SECRET: 'abcd' }, 'abcde', 'SECRET_FILE is set beside SECRET; set one of the two'],
    ['an empty file', {}, ' \n', 'SECRET_FILE names an empty file'],
  ])('refuses %s', (_what, env, content, expected) => {
    const act = (): unknown => loadConfig([SampleConfig], { ...env, SECRET_FILE: file(content) });
    expect(problemsOf(act).map((problem) => `${problem.env} ${problem.reason}`)).toEqual([expected]);
  });

  it('lists a file that cannot be read together with every other problem, and shows no path', () => {
    const act = (): unknown => loadConfig([SampleConfig], { PORT: '0', SECRET_FILE: join(folder, 'hidden-word') });
    expect(problemsOf(act).map((problem) => `${problem.env} ${problem.reason}`)).toEqual([
      'PORT must be a whole number from 1 to 65535',
      'SECRET_FILE names a file that cannot be read (ENOENT)',
    ]);
    expect(act).not.toThrow(/hidden-word/);
    expect(problemsOf(() => loadConfig([SampleConfig], { SECRET_FILE: folder }))[0]?.reason).toContain('EISDIR');
  });

  it('checks the content as it checks the variable, and never shows it', () => {
    const act = (): unknown => loadConfig([SampleConfig], { SECRET_FILE: file('much-too-long-secret') });
    expect(problemsOf(act)).toEqual([{ env: 'SECRET', reason: 'must have at most 9 characters', example: 'abcd' }]);
  });

  it('takes the secret out of a message that quotes it', () => {
    const rule = (): readonly { env: string; reason: string; example: string }[] => [
      { env: 'SECRET', reason: 'is abcde, which is known', example: 'x' },
    ];
    const act = (): unknown => loadConfig([SampleConfig], { SECRET_FILE: file('abcde') }, [rule]);
    expect(problemsOf(act)[0]?.reason).toBe('is ***, which is known');
  });
});

describe('setting types', () => {
  it.each([
    ['TRUE', true],
    ['on', true],
    ['0', false],
    ['no', false],
  ])('reads %s as %s', (raw, expected) => {
    expect(flag().parse(raw)).toBe(expected);
  });

  it('reads a JSON array and a comma list alike', () => {
    expect(textList().parse('["https://a.example"]')).toEqual(['https://a.example']);
    expect(textList().parse('https://a.example, https://b.example')).toEqual(['https://a.example', 'https://b.example']);
    expect(textList().safeParse('[1]').success).toBe(false);
  });

  it('refuses a word that is not on the list', () => {
    expect(oneOf(['auto', 'poll']).safeParse('never').success).toBe(false);
  });
});
