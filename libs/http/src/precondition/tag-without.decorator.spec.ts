import { textWithout } from './tag-without.decorator.js';

describe(textWithout, () => {
  it('leaves members out at any depth, also in lists, and keeps all others', () => {
    const body = { at: 1, total: 2, leader: { last_heartbeat_at: 3, alive: true }, processes: [{ beat_age_seconds: 4, kind: 'api' }] };
    const left = new Set(['at', 'last_heartbeat_at', 'beat_age_seconds']);
    expect(textWithout(body, left)).toBe('{"total":2,"leader":{"alive":true},"processes":[{"kind":"api"}]}');
  });
});
