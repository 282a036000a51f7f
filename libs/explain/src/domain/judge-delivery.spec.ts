import type { DeliveryFacts, TicketFacts } from './delivery-facts.js';
import { judgeDelivery } from './judge-delivery.js';
import { summarize, waitsFor } from './summarize.js';

const AT = new Date('2026-11-27T08:00:00Z');
const ticket = (given: Partial<TicketFacts>): TicketFacts => ({
  status: 'failed',
  attempts: 2,
  reasonCode: 'timeout',
  dueInSeconds: 40.2,
  deliveredAt: null,
  ...given,
});
const facts = (given: Partial<DeliveryFacts>): DeliveryFacts => ({
  consumer: 'mailer',
  consumerState: 'active',
  isRunning: true,
  isWanted: true,
  eventType: 'deal.updated',
  position: 20,
  cursor: 30,
  startedAfter: 5,
  ticket: null,
  behind: null,
  lastOperation: null,
  pause: null,
  ...given,
});
const pause = { id: 'p', scope: 'all', until: AT, reason: 'a repair' };
const behind = { eventId: 'e1', eventType: 'deal.created', status: 'failed', attempts: 1, dueInSeconds: 3 } as const;

describe(judgeDelivery.name, () => {
  it.each<[Partial<DeliveryFacts>, string, string]>([
    [{}, 'delivered', 'mailer has it.'],
    [
      { ticket: ticket({ status: 'delivered', attempts: 3, deliveredAt: AT }) },
      'delivered',
      'mailer has it since 2026-11-27T08:00:00.000Z, at attempt 3.',
    ],
    [{ cursor: 19 }, 'not_reached', 'mailer has not come to it: it is the next event.'],
    [{ cursor: 18 }, 'not_reached', 'mailer has not come to it: 1 event is before it.'],
    [
      { cursor: 9, isRunning: false },
      'not_reached',
      'mailer has not come to it: 10 events are before it, and no active worker runs the consumer.',
    ],
    [{ cursor: 9, pause }, 'paused', 'Deliveries of it to mailer are paused until 2026-11-27T08:00:00.000Z: a repair'],
    [{ position: null }, 'not_published', 'mailer gets it after it is published.'],
    [{ position: 5 }, 'before_start', 'mailer began after it, at position 5; a replay can deliver it.'],
    [{ isWanted: false }, 'not_wanted', 'mailer does not want deal.updated.'],
    [{ consumerState: 'removed' }, 'removed', 'mailer was removed.'],
    [{ ticket: ticket({}) }, 'retrying', 'mailer failed 2 times (timeout); the next attempt is in 41 s.'],
    [{ ticket: ticket({ attempts: 1, dueInSeconds: -1 }) }, 'retrying', 'mailer failed once (timeout); the next attempt is due now.'],
    [
      { ticket: ticket({ status: 'dead', attempts: 5 }) },
      'dead',
      'It is a dead letter of mailer after 5 attempts (timeout); an operator has to redrive or discard it.',
    ],
    [{ ticket: ticket({ status: 'processing' }) }, 'in_hand', 'mailer has it in hand.'],
    [{ ticket: ticket({ status: 'pending' }) }, 'due', 'Its ticket at mailer is due now.'],
    [
      { ticket: ticket({ status: 'pending', dueInSeconds: null }), behind },
      'waiting_behind',
      'At mailer it waits behind event e1 (deal.created) of the same aggregate, which failed once; the next attempt is in 3 s.',
    ],
    [
      { ticket: ticket({ status: 'pending' }), behind: { ...behind, status: 'dead' } },
      'waiting_behind',
      'At mailer it waits behind event e1 (deal.created) of the same aggregate, which is a dead letter that blocks later ones.',
    ],
    [
      { lastOperation: { kind: 'purge', actor: 'user:ann', at: AT } },
      'discarded',
      'user:ann discarded its dead letter of mailer at 2026-11-27T08:00:00.000Z.',
    ],
    [{ lastOperation: { kind: 'retry', actor: 'user:ann', at: AT } }, 'delivered', 'mailer has it.'],
  ])('says of %j: %s', (given, state, sentence) => {
    expect(judgeDelivery(facts(given))).toMatchObject({ state, sentence });
  });
});

describe(summarize.name, () => {
  const published = { position: 20, hasWorker: true };

  it('names what only a person can end before what ends without one', () => {
    const verdicts = [facts({ ticket: ticket({}) }), facts({ consumer: 'other', ticket: ticket({ status: 'dead' }) })].map(judgeDelivery);
    expect(waitsFor(published, verdicts)).toMatch(/^It is a dead letter of other/);
    expect(summarize(published, verdicts)).toBe(waitsFor(published, verdicts));
  });

  it('counts those who have it', () => {
    expect(summarize(published, [facts({}), facts({})].map(judgeDelivery))).toBe(
      'It is published and delivered to all 2 consumers that want it.',
    );
    expect(summarize(published, [judgeDelivery(facts({ isWanted: false }))])).toBe('It is published, and no consumer wants it.');
    expect(waitsFor(published, [judgeDelivery(facts({}))])).toBeNull();
  });
});
