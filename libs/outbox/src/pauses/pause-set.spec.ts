import { PauseSet } from './pause-set.js';

const event = (type: string, aggregateId = 'DEAL-000001'): Parameters<PauseSet['holds']>[0] => ({
  type,
  aggregateType: 'deal',
  aggregateId,
});

describe(PauseSet.name, () => {
  it('stops and holds nothing without a pause', () => {
    expect([PauseSet.NONE.stops('mailer'), PauseSet.NONE.holdsSome, PauseSet.NONE.holds(event('deal.created'))]).toEqual([
      false,
      false,
      false,
    ]);
  });

  it('stops every consumer, or one', () => {
    const all = new PauseSet([{ target: { scope: 'all' }, stream: null }]);
    const one = new PauseSet([{ target: { scope: 'consumer', consumer: 'mailer' }, stream: null }]);
    expect([all.stops('any'), one.stops('mailer'), one.stops('other'), one.holdsSome]).toEqual([true, true, false, false]);
  });

  it('holds events of a type, of a family, and of an aggregate', () => {
    const set = new PauseSet([
      { target: { scope: 'event_type', eventType: 'deal.created' }, stream: null },
      { target: { scope: 'event_type', eventType: 'operator.*' }, stream: null },
      { target: { scope: 'aggregate', aggregateType: 'deal', aggregateId: 'DEAL-000009' }, stream: '17' },
    ]);
    expect([set.stops('mailer'), set.holdsSome, set.streams]).toEqual([false, true, ['17']]);
    const held = [event('deal.created'), event('operator.locked'), event('deal.updated', 'DEAL-000009'), event('deal.updated')];
    expect(held.map((given) => set.holds(given))).toEqual([true, true, true, false]);
    expect(set.patterns).toEqual(['^(?:deal\\.created)$', '^(?:operator\\..*)$']);
  });
});
