import fc from 'fast-check';
import { findUnstorable, MAX_DEPTH } from './storable-values.js';

describe(findUnstorable.name, () => {
  it('finds nothing in JSON whose texts are well-formed', () => {
    const clean = fc.string({ unit: 'grapheme' }).filter((text) => text !== '__proto__' && !text.includes('\0'));
    const json = fc.jsonValue({ maxDepth: 5, stringUnit: 'grapheme' });
    fc.assert(
      fc.property(fc.dictionary(clean, json), (body) => {
        const text = JSON.stringify(body);
        fc.pre(!text.includes('\\u0000') && !text.includes('__proto__'));
        expect(findUnstorable(body)).toEqual([]);
      }),
    );
  });

  it.each([
    ['a\0', 'INVALID_CHARACTER'],
    ['\uD800', 'INVALID_CHARACTER'],
    ['\uDC00\uD800', 'INVALID_CHARACTER'],
    [Number.POSITIVE_INFINITY, 'OUT_OF_RANGE'],
  ])('finds %j wherever it is', (value, code) => {
    expect(findUnstorable({ a: [{ 'x/y~z': value }] })).toEqual([{ pointer: '/a/0/x~1y~0z', detail: expect.stringMatching(/\w/), code }]);
  });

  it('names a bad member without repeating what is bad', () => {
    const faults = findUnstorable({ 'a\0b': 1, '\uD800': 1 });
    expect(faults.map(({ pointer }) => pointer)).toEqual(['/\uFFFD', '/a\uFFFDb']);
  });

  it('stops at the depth limit, at 20 faults, and does not overflow', () => {
    let deep: unknown = 1;
    for (let level = 0; level < 200_000; level += 1) deep = [deep];
    expect(findUnstorable(deep)).toEqual([
      { pointer: '/0'.repeat(MAX_DEPTH), detail: 'is nested deeper than 32 levels', code: 'TOO_DEEP' },
    ]);
    expect(findUnstorable(Array(100).fill('\0'))).toHaveLength(20);
  });
});
