import { DeliveryTimeoutError, HttpDeliveryError, isPermanent, PermanentDeliveryError, reasonCodeOf } from './delivery.errors.js';

describe(reasonCodeOf.name, () => {
  it('names permanent errors, answers of other services, time limits and anything else', () => {
    expect(reasonCodeOf(new PermanentDeliveryError('unknown_mailbox', 'gone'))).toBe('unknown_mailbox');
    expect(reasonCodeOf(new HttpDeliveryError(410))).toBe('http_410');
    expect(reasonCodeOf(new DeliveryTimeoutError('mail', 10))).toBe('timeout');
    expect(reasonCodeOf(new Error('x'))).toBe('handler_error');
  });
});

describe(isPermanent.name, () => {
  it('takes PermanentDeliveryError for permanent, and no other error', () => {
    expect(isPermanent(new PermanentDeliveryError('unknown_mailbox', 'gone'))).toBe(true);
    expect(isPermanent(new DeliveryTimeoutError('mail', 10))).toBe(false);
    expect(isPermanent(new Error('x'))).toBe(false);
  });

  it.each([
    [400, true],
    [404, true],
    [410, true],
    [499, true],
    [408, false],
    [425, false],
    [429, false],
    [302, false],
    [500, false],
    [503, false],
  ])('says of status %i: %s', (status, expected) => {
    expect(isPermanent(new HttpDeliveryError(status))).toBe(expected);
  });
});
