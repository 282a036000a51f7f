import type { Pause, PauseTarget } from '../pauses/pause.js';
import { toPausedHeader } from './to-paused-header.js';

const pause = (target: PauseTarget): Pause => ({
  id: 'p',
  target,
  reason: 'x',
  pausedBy: 'user:ann',
  startedAt: new Date(0),
  endsAt: new Date('2026-11-28T11:00:00Z'),
  resumedAt: null,
  resumedBy: null,
  isInForce: true,
});

describe(toPausedHeader.name, () => {
  it('is empty without a pause', () => {
    expect(toPausedHeader([])).toBe('');
  });

  it('has one item for each pause', () => {
    const header = toPausedHeader([pause({ scope: 'all' }), pause({ scope: 'event_type', eventType: 'deal.*' })]);
    expect(header).toBe('all;until="2026-11-28T11:00:00.000Z", event_type;name="deal.*";until="2026-11-28T11:00:00.000Z"');
  });

  it('holds visible ASCII only, escaped', () => {
    const header = toPausedHeader([pause({ scope: 'aggregate', aggregateType: 'deal', aggregateId: 'a"b\\c\r\nü' })]);
    expect(header).toBe('aggregate;name="deal/a\\"b\\\\c???";until="2026-11-28T11:00:00.000Z"');
  });

  it('counts what is beyond ten', () => {
    expect(toPausedHeader(Array.from({ length: 12 }, () => pause({ scope: 'all' })))).toMatch(/, others;count=2$/);
  });
});
