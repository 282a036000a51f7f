import { z } from 'zod';
import { ConfigError } from './config-problem.js';
import { loadConfig } from './load-config.js';
import { defineConfig } from './setting.js';
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

  it('checks rules between fields once the fields are readable', () => {
    const rule = (): readonly { env: string; reason: string; example: string }[] => [{ env: 'PORT', reason: 'clashes', example: '1' }];
    expect(problemsOf(() => loadConfig([SampleConfig], { SECRET: 'abcd' }, [rule]))).toHaveLength(1);
    expect(problemsOf(() => loadConfig([SampleConfig], {}, [rule])).map(({ env }) => env)).toEqual(['SECRET']);
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
