import { DeliveryTimeoutError, isPermanent, PermanentDeliveryError, reasonCodeOf, retryDelaySeconds } from './retry-schedule.js';

describe(retryDelaySeconds.name, () => {
  it.each([
    [1, 5],
    [2, 15],
    [3, 60],
    [4, 300],
    [5, 300],
  ])('waits after failure %i about %i s, 20 % less or more', (attempt, seconds) => {
    expect(retryDelaySeconds(attempt, 0.5)).toBeCloseTo(seconds, 6);
    expect(retryDelaySeconds(attempt, 0)).toBeCloseTo(seconds * 0.8, 6);
    expect(retryDelaySeconds(attempt, 1)).toBeCloseTo(seconds * 1.2, 6);
  });
});

describe(reasonCodeOf.name, () => {
  it('names permanent errors, time limits and anything else', () => {
    expect(reasonCodeOf(new PermanentDeliveryError('http_410', 'gone'))).toBe('http_410');
    expect(reasonCodeOf(new DeliveryTimeoutError('mail', 10))).toBe('timeout');
    expect(reasonCodeOf(new Error('x'))).toBe('handler_error');
  });

  it('takes only PermanentDeliveryError for permanent', () => {
    expect(isPermanent(new PermanentDeliveryError('http_410', 'gone'))).toBe(true);
    expect(isPermanent(new Error('x'))).toBe(false);
  });
});
