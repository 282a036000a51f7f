import { moneyRule } from './money.js';
import { dateRule, instantRule, integerRule, numberRule, stringRule } from './rules.js';

describe(instantRule.name, () => {
  it.each([
    '2026-01-31T12:00:00Z',
    '2026-01-31T12:00Z',
    '2026-01-31T12:00:00.123456789+05:30',
    '2024-02-29T00:00:00Z',
    '2000-02-29T00:00:00Z',
    '0004-02-29T00:00:00Z',
    '9999-12-31T23:59:59Z',
  ])('takes %s', (text) => {
    expect(instantRule().faults(text)).toEqual([]);
  });

  it.each([
    '2026-01-31',
    '2026-01-31T12:00:00',
    '2026-01-31 12:00:00Z',
    '2026-02-30T00:00:00Z',
    '2023-02-29T00:00:00Z',
    '1900-02-29T00:00:00Z',
    '2026-13-01T00:00:00Z',
    '2026-00-10T00:00:00Z',
    '2026-01-00T00:00:00Z',
    '2026-01-31T24:00:00Z',
    '2026-01-31T12:00:60Z',
    '2026-01-31T12:00:00+24:00',
    '0000-01-01T00:00:00Z',
    '+275760-09-13T00:00:00Z',
    'today',
    1_700_000_000,
  ])('refuses %s', (value) => {
    expect(instantRule().faults(value)).toMatchObject([{ code: 'INVALID_FORMAT' }]);
  });
});

describe(dateRule.name, () => {
  it('takes real days only', () => {
    expect(dateRule().faults('2024-02-29')).toEqual([]);
    expect(dateRule().faults('2026-04-31')).toMatchObject([{ code: 'INVALID_FORMAT' }]);
    expect(dateRule().faults('2026-1-1')).toMatchObject([{ code: 'INVALID_FORMAT' }]);
  });
});

describe('numbers', () => {
  it('are exact when they are whole, and finite', () => {
    expect(integerRule().faults(Number.MAX_SAFE_INTEGER)).toEqual([]);
    expect(integerRule().faults(Number.MAX_SAFE_INTEGER + 1)).toMatchObject([{ code: 'INVALID_TYPE' }]);
    expect(integerRule().faults('1')).toMatchObject([{ code: 'INVALID_TYPE' }]);
    expect(numberRule().faults(Number.NaN)).toMatchObject([{ code: 'INVALID_TYPE' }]);
    expect(numberRule({ max: 1 }).faults(1.5)).toEqual([{ code: 'OUT_OF_RANGE', detail: 'must be a number of at most 1', at: '' }]);
  });

  it.each(['1e3', '0x10', ' 1', '1_000', '', 'Infinity', '9'.repeat(400)])('are not read from the text %j', (text) => {
    expect(integerRule().fromText?.(text)).toBe(text);
    expect(numberRule().fromText?.(text)).toBe(text);
  });
});

describe(stringRule.name, () => {
  it('answers a long text at once, also one of many characters beyond the basic plane', () => {
    const rule = stringRule({ max: 10 });
    expect(rule.faults('🛒'.repeat(400_000))).toMatchObject([{ code: 'TOO_LONG' }]);
  });
});

describe(moneyRule.name, () => {
  const faults = (amount: unknown, allowNegative = false): unknown =>
    moneyRule(allowNegative)
      .faults({ amount, currency: 'EUR' })
      .map(({ code }) => code);

  it.each(['0', '0.0001', '999999999999999999.9999', '1250000.00'])('takes %s', (amount) => {
    expect(faults(amount)).toEqual([]);
  });

  it.each(['', '.5', '5.', '01', '+1', '1,000', '1e3', '1.00001', '1'.repeat(19), 'NaN', ' 1', '--1', '١'])('refuses %j', (amount) => {
    expect(faults(amount)).toEqual(['INVALID_FORMAT']);
  });

  it('takes a negative amount only where it is allowed', () => {
    expect(faults('-1')).toEqual(['OUT_OF_RANGE']);
    expect(faults('-1', true)).toEqual([]);
  });

  it.each(['usd', 'US', 'USDX', 5, null])('refuses the currency %j', (currency) => {
    expect(moneyRule(false).faults({ amount: '1', currency })).toMatchObject([{ at: '/currency', code: 'INVALID_FORMAT' }]);
  });
});
