import { encodeCursor, InputError } from '#zakops/http';
import { CURSOR_CHECKS, readCursor } from './cursor-key.js';

const CHECKS = { updatedAt: CURSOR_CHECKS.instant, dealId: CURSOR_CHECKS.dealId };
const KEY = { updatedAt: '2026-01-31T12:00:00.000001Z', dealId: 'DEAL-000001' };

describe(readCursor.name, () => {
  it('reads what was written', () => {
    expect(readCursor('deals', encodeCursor('deals', KEY), CHECKS)).toEqual(KEY);
    expect(readCursor('deals', undefined, CHECKS)).toBeUndefined();
  });

  it.each([
    ['a forged instant', { ...KEY, updatedAt: "now'" }],
    ['a day that is none', { ...KEY, updatedAt: '2026-02-31T12:00:00.000000Z' }],
    ['a month that is none', { ...KEY, updatedAt: '2026-13-01T12:00:00.000000Z' }],
    ['a forged id', { ...KEY, dealId: 'x' }],
    ['a missing member', { dealId: KEY.dealId }],
  ])('refuses %s, although its checksum is right', (_, key: Record<string, string>) => {
    expect(() => readCursor('deals', encodeCursor('deals', key), CHECKS)).toThrow(InputError);
  });

  it('refuses a cursor of another list', () => {
    expect(() => readCursor('deals', encodeCursor('aliases', KEY), CHECKS)).toThrow(InputError);
  });

  it.each([
    ['wholeNumber', '-12', true],
    ['wholeNumber', '1e3', false],
    ['fraction', '0.85', true],
    ['fraction', '1e-7', true],
    ['fraction', 'NaN', false],
    ['fraction', '', false],
    ['uuid', '0199c4a2-7d1e-7c3b-9f50-3a1f6f1c2b4d', true],
    ['uuid', '0199c4a2', false],
  ] as const)('%s takes %s: %s', (check, text, taken) => {
    expect(CURSOR_CHECKS[check](text)).toBe(taken);
  });
});
