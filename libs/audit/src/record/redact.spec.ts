import { parseExactJson } from '#zakops/kernel';
import fc from 'fast-check';
import { boundedText, redactedJson } from './redact.js';
import { isSecretName } from './secret-names.js';

const kept = (value: Readonly<Record<string, unknown>>): unknown => JSON.parse(redactedJson(value));

describe(redactedJson.name, () => {
  it('redacts members with telling names, in objects and arrays at any depth', () => {
    expect(
      kept({
        email: 'a@b.c',
        password: 'hunter2',
        nested: { list: [{ api_key: 'zko_x' }, { Authorization: 'Bearer y' }], 'Set-Cookie': ['a=b'] },
        credentials: { user: 'u' },
      }),
    ).toEqual({
      email: 'a@b.c',
      password: '[redacted]',
      nested: { list: [{ api_key: '[redacted]' }, { Authorization: '[redacted]' }], 'Set-Cookie': '[redacted]' },
      credentials: '[redacted]',
    });
  });

  it('leaves null, so that it shows that there was no secret', () => {
    expect(kept({ password_hash: null })).toEqual({ password_hash: null });
  });

  it('finds an API key in a free text', () => {
    expect(kept({ reason: 'use zko_AbC-1_2 please' })).toEqual({ reason: 'use [redacted] please' });
  });

  it('keeps dates, money and big numbers as JSON would, and drops what JSON cannot say', () => {
    expect(kept({ at: new Date(0), big: 2n ** 70n, nothing: undefined, far: Infinity, call: () => 1, ok: true, n: 1.5 })).toEqual({
      at: '1970-01-01T00:00:00.000Z',
      big: '1180591620717411303424',
      far: 'Infinity',
      ok: true,
      n: 1.5,
    });
  });

  it('keeps a number that a double cannot hold, and cuts one of thousands of digits', () => {
    const value = parseExactJson(`{"n":12345678901234567890,"long":${'7'.repeat(5_000)}}`) as Record<string, unknown>;
    expect(redactedJson(value)).toBe(`{"n":12345678901234567890,"long":"${'7'.repeat(2_000)}…[truncated, 5000 characters]"}`);
  });

  it('cuts long texts, long lists, deep nesting and too much of everything, with a mark', () => {
    expect(kept({ text: 'x'.repeat(5_000) })).toEqual({ text: `${'x'.repeat(2_000)}…[truncated, 5000 characters]` });
    expect((kept({ list: Array.from({ length: 500 }, (_, n) => n) }) as { list: unknown[] }).list.slice(-2)).toEqual([
      199,
      '[truncated, 500 items]',
    ]);
    let deep: Record<string, unknown> = {};
    for (let n = 0; n < 10_000; n += 1) deep = { deep };
    expect(redactedJson(deep)).toContain('[truncated]');
    const much = Object.fromEntries(Array.from({ length: 150 }, (_, n) => [`m${String(n)}`, 'y'.repeat(1_000)]));
    expect(redactedJson(much).length).toBeLessThan(25_000);
    expect(kept(much)).toMatchObject({ '[truncated]': '150 members' });
  });

  it('does not end on a value that refers to itself', () => {
    const loop: Record<string, unknown> = {};
    loop['self'] = loop;
    expect(redactedJson(loop)).toContain('[truncated]');
  });

  it('stays small and storable for whatever it is given', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string({ unit: 'binary' }), fc.anything()), (value) => {
        const json = redactedJson(value);
        expect(json).not.toMatch(/\p{Surrogate}/u);
        expect(json).not.toMatch(/\\u0000|\\ud[89a-f]/i);
        expect(json.length).toBeLessThan(120_000);
      }),
    );
  });

  it('keeps a member called __proto__ as a member', () => {
    expect(redactedJson(JSON.parse('{"__proto__":{"admin":true}}') as Record<string, unknown>)).toBe('{"__proto__":{"admin":true}}');
  });
});

describe(boundedText.name, () => {
  it('replaces what a text column cannot hold', () => {
    expect(boundedText('a\0b\ud800', 10)).toBe('a\uFFFDb\uFFFD');
  });
});

describe(isSecretName.name, () => {
  it.each(['password', 'newPassword', 'PASSWORD_HASH', 'x-api-key', 'apiKey', 'apikey', 'key', 'signingKey', 'access_token', 'csrfToken'])(
    'finds %s',
    (name) => {
      expect(isSecretName(name)).toBe(true);
    },
  );

  it.each(['ｐａｓｓｗｏｒｄ', 'newＰassword', 'paſſword', 'ᵗᵒᵏᵉⁿ'])('finds %s, in whatever letters it is written', (name) => {
    expect(isSecretName(name)).toBe(true);
  });

  it.each(['monkey', 'keyboard', 'api_key_id', 'token_expires_at', 'passwordChangedAt', 'name', 'stage', 'pinned', 'id'])(
    'leaves %s',
    (name) => {
      expect(isSecretName(name)).toBe(false);
    },
  );
});
