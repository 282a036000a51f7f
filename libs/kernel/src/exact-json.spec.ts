import fc from 'fast-check';
import { isExactNumber, isRawNumber, parseExactJson } from './exact-json.js';

const again = (text: string): string => JSON.stringify(parseExactJson(text));

/** A decimal of any length, as JSON and `jsonb` write them. */
const decimal = fc
  .tuple(fc.bigInt(-(10n ** 40n), 10n ** 40n), fc.string({ unit: fc.constantFrom('0', '1', '2', '5', '9'), maxLength: 40 }))
  .map(([whole, fraction]) => (fraction === '' ? String(whole) : `${String(whole)}.${fraction}`));

/** As a fraction over a power of ten: exact, and by other means than those under test. */
function valueOf(text: string): string {
  const [mantissa = '', exponent = '0'] = text.toLowerCase().split('e');
  const [whole = '', fraction = ''] = mantissa.split('.');
  const shift = Number(exponent) - fraction.length + 400;
  return `${mantissa.startsWith('-') ? '-' : ''}${String(BigInt(whole.replace('-', '') + fraction) * 10n ** BigInt(shift))}`;
}

describe(parseExactJson.name, () => {
  it('gives back the value of every decimal', () => {
    fc.assert(
      fc.property(decimal, (text) => {
        const written = (JSON.parse(`["${again(`[${text}]`).slice(1, -1)}"]`) as string[])[0] ?? '';
        expect(valueOf(written).replace(/^-0$/, '0')).toBe(valueOf(text).replace(/^-0$/, '0'));
      }),
    );
  });

  it('reads what a double wrote into that double', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
        expect(parseExactJson(JSON.stringify([value]))).toEqual([value === 0 ? 0 : value]);
      }),
    );
  });

  it('reads everything else as JSON.parse does', () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        expect(parseExactJson(`[1234567890123456,${text}]`)).toEqual([1234567890123456, JSON.parse(text)]);
      }),
    );
  });

  it.each([
    ['12345678901234567890'],
    ['-0.1000000000000000055'],
    ['9007199254740993'],
    ['1152921504606846976'],
    ['1e400'],
    ['1e-400'],
    [`1${'0'.repeat(400)}1`],
  ])('keeps %s as it is', (number) => {
    const [value] = parseExactJson(`[${number}]`) as unknown[];
    expect(isRawNumber(value)).toBe(true);
    expect(JSON.stringify({ value })).toBe(`{"value":${number}}`);
  });

  it.each([
    ['0.30000000000000004'],
    ['9007199254740992'],
    ['100000000000000000000000'],
    ['1.5000000000000000000'],
    ['0e999'],
    ['-0.0000000000000000'],
  ])('reads %s as a number', (number) => {
    expect(parseExactJson(`[${number}]`)).toEqual([Number(number)]);
  });

  it('leaves texts, repeated names, names that look like indexes and __proto__ alone', () => {
    const text = '{"1":"12345678901234567890","0":12345678901234567890,"a":1,"a":[12345678901234567891],"__proto__":{"b":1}}';
    expect(again(text)).toBe('{"0":12345678901234567890,"1":"12345678901234567890","a":[12345678901234567891],"__proto__":{"b":1}}');
  });
});

describe(isExactNumber.name, () => {
  it('takes its time in proportion to the length', () => {
    expect(isExactNumber(`${'0'.repeat(200_000)}1${'0'.repeat(200_000)}1`)).toBe(false);
  });
});
