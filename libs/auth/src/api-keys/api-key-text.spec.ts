import fc from 'fast-check';
import { apiKeyPrefix, hashApiKey, isApiKey, newApiKey } from './api-key-text.js';

describe(newApiKey.name, () => {
  it('is recognisable, long, and never the same', () => {
    const keys = Array.from({ length: 200 }, newApiKey);
    for (const key of keys) expect(key).toMatch(/^zko_[0-9A-Za-z]{36}$/);
    expect(new Set(keys).size).toBe(200);
  });

  it('uses every character about equally often', () => {
    const counts = new Map<string, number>();
    for (let n = 0; n < 2_000; n += 1) for (const c of newApiKey().slice(4, 34)) counts.set(c, (counts.get(c) ?? 0) + 1);
    expect(counts.size).toBe(62);
    // 968 expected, with a deviation of 31: five of them either way.
    for (const count of counts.values()) expect(Math.abs(count - 60_000 / 62)).toBeLessThan(160);
  });
});

describe(isApiKey.name, () => {
  it('accepts what was made', () => {
    for (let n = 0; n < 100; n += 1) expect(isApiKey(newApiKey())).toBe(true);
    // Fixed: issued keys must stay valid.
    expect(isApiKey('zko_0000000000000000000000000000001h7tM8')).toBe(true);
  });

  it('refuses a key with any one character changed', () => {
    const key = newApiKey();
    const place = fc.integer({ min: 0, max: key.length - 1 });
    const other = fc.string({ minLength: 1, maxLength: 1 });
    fc.assert(
      fc.property(place, other, (at, character) => {
        fc.pre(key[at] !== character);
        return !isApiKey(key.slice(0, at) + character + key.slice(at + 1));
      }),
    );
  });

  it.each(['', 'zko_', 'zko_short', 'x'.repeat(40), ` ${newApiKey()}`, `${newApiKey()}0`, newApiKey().toUpperCase()])(
    'refuses %j',
    (text) => {
      expect(isApiKey(text)).toBe(false);
    },
  );
});

it('a key is shown by its first twelve characters, and stored as a hash', () => {
  const key = newApiKey();
  expect(apiKeyPrefix(key)).toBe(key.slice(0, 12));
  expect(hashApiKey(key)).toHaveLength(32);
  expect(hashApiKey(key)).not.toEqual(hashApiKey(newApiKey()));
});
