import { readWorkerStats } from './worker-stats.js';

const NOTHING = {
  publishedPerSecond: 0,
  deliveredPerSecond: 0,
  attempts: 0,
  failedAttempts: 0,
  leaseRecoveries: 0,
  lastPollAt: null,
  wakeMode: null,
  consumers: null,
};

describe(readWorkerStats.name, () => {
  it.each([
    [{}],
    [null],
    ['text'],
    [[]],
    [{ published_per_second: 'many', last_poll_at: 'noon', wake_mode: 'sleep', consumers: 7, lease_recoveries: -1, attempts: 0.5 }],
  ])('takes %j for nothing said', (report) => {
    expect(readWorkerStats(report)).toEqual(NOTHING);
  });

  it('keeps what it can read', () => {
    const report = { published_per_second: 1.5, last_poll_at: '2026-01-31T12:00:00.000Z', wake_mode: 'poll', delivered_per_second: null };
    expect(readWorkerStats(report)).toEqual({
      ...NOTHING,
      publishedPerSecond: 1.5,
      lastPollAt: new Date('2026-01-31T12:00:00Z'),
      wakeMode: 'poll',
    });
  });
});
