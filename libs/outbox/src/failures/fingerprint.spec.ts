import { PermanentDeliveryError } from '../tickets/delivery.errors.js';
import { failureOf } from './failure.js';
import { fingerprintOf } from './fingerprint.js';

const FAILURE = { errorClass: 'Error', sqlState: null, table: null, constraint: null, place: 'f (libs/deals/src/a)', message: 'No #' };
const KIND = { consumer: 'mailer', eventType: 'deal.updated', reasonCode: 'handler_error', failure: FAILURE };

describe(fingerprintOf.name, () => {
  it('is the same for the same kind, today and in a later release', () => {
    expect(fingerprintOf(KIND)).toBe('fp1:70f5731497087fd1');
  });

  it.each([
    ['consumer', { ...KIND, consumer: 'webhooks' }],
    ['event type', { ...KIND, eventType: 'deal.created' }],
    ['reason', { ...KIND, reasonCode: 'timeout' }],
    ['class', { ...KIND, failure: { ...FAILURE, errorClass: 'TypeError' } }],
    ['state', { ...KIND, failure: { ...FAILURE, sqlState: '42P01' } }],
    ['table', { ...KIND, failure: { ...FAILURE, table: 'deals' } }],
    ['constraint', { ...KIND, failure: { ...FAILURE, constraint: 'deals_pk' } }],
    ['place', { ...KIND, failure: { ...FAILURE, place: null } }],
    ['message', { ...KIND, failure: { ...FAILURE, message: 'None' } }],
  ])('is another one for another %s', (_part, other) => {
    expect(fingerprintOf(other)).not.toBe(fingerprintOf(KIND));
    expect(fingerprintOf(other)).toMatch(/^fp1:[0-9a-f]{16}$/);
  });
});

describe(failureOf.name, () => {
  it('names class and place of an error, and replaces the values in its message', () => {
    const failure = failureOf(new PermanentDeliveryError('unknown_mailbox', 'No mailbox of ana@example.com for DEAL-000001.'));
    expect(failure).toEqual({
      errorClass: 'PermanentDeliveryError',
      sqlState: null,
      table: null,
      constraint: null,
      frame: null,
      place: null,
      message: 'No mailbox of <address> for #.',
    });
  });

  it('takes what is no error for its type and its text', () => {
    expect(failureOf('no 7')).toMatchObject({ errorClass: 'string', message: 'no #', frame: null });
    expect(failureOf(undefined)).toMatchObject({ errorClass: 'undefined', message: 'undefined' });
  });

  it('believes the class rather than a name that holds values', () => {
    expect(failureOf(Object.assign(new RangeError('x'), { name: 'Ana Muster' })).errorClass).toBe('RangeError');
  });
});
