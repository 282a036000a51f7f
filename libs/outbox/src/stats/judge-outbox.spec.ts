import { judgeOutbox } from './judge-outbox.js';
import type { ConsumerStats, OutboxStats } from './outbox-stats.js';
import { readWorkerStats } from './worker-stats.js';

const NONE = { pending: 0, processing: 0, delivered: 0, failed: 0, dead: 0 };
const SINCE = new Date(`${new Date().toISOString().slice(0, 10)}T00:00:00Z`);

const consumer = (facts: Partial<ConsumerStats> = {}): ConsumerStats => ({
  consumer: 'mailer',
  counts: NONE,
  waiting: 0,
  stuck: 0,
  failing: 0,
  failingSince: null,
  oldestDueAgeSeconds: null,
  lastDeliveredAt: null,
  deliveredCheck: null,
  ...facts,
});

const LEADER: OutboxStats['leader'] = {
  owner: 'vm1/1/a',
  fence: 1,
  since: SINCE,
  lastHeartbeatAt: SINCE,
  alive: true,
  uncleanEnds: 0,
  report: readWorkerStats({}),
  failing: [],
};

function setup(given: Partial<Omit<OutboxStats, 'verdict'>> = {}): Omit<OutboxStats, 'verdict'> {
  return {
    total: NONE,
    stuck: 0,
    waiting: 0,
    oldestDueAgeSeconds: null,
    consumers: [consumer()],
    rates: { appendedPerSecond: 0, publishedPerSecond: 1, deliveredPerSecond: 2 },
    leader: LEADER,
    fencedAcknowledgements: 0,
    logPosition: 0,
    pauses: [],
    ...given,
  };
}

const failing = { loop: 'publishing', since: SINCE, failures: 1, error: 'DatabaseError 42501: permission denied', processId: 'vm1/1/a' };

describe(judgeOutbox.name, () => {
  it('is healthy when a worker is active and nothing fails', () => {
    expect(judgeOutbox(setup())).toEqual({
      healthy: true,
      summary: 'The worker is active: 0 tickets waiting; 1 events published and 2 delivered per second.',
    });
  });

  it('is unhealthy from the first failure of a loop on', () => {
    expect(judgeOutbox(setup({ leader: { ...LEADER, failing: [failing] } }))).toEqual({
      healthy: false,
      summary: 'publishing has failed since 00:00:00 UTC (once): DatabaseError 42501: permission denied.',
    });
  });

  it('is unhealthy from the first delivery on that fails, and while something is dead', () => {
    const consumers = [
      consumer({ failing: 3, failingSince: SINCE }),
      consumer({ consumer: 'crm', failing: 1, failingSince: SINCE, counts: { ...NONE, dead: 1 } }),
      consumer({ consumer: 'ledger', counts: { ...NONE, dead: 2 } }),
    ];
    expect(judgeOutbox(setup({ consumers }))).toEqual({
      healthy: false,
      summary:
        '3 deliveries to mailer fail since 00:00:00 UTC. 1 delivery to crm fails since 00:00:00 UTC. ' +
        '1 dead letter of crm waits for an operator. 2 dead letters of ledger wait for an operator.',
    });
  });

  it('says that no worker is active before what fails, and does not call late what nobody could take', () => {
    const leader = { ...LEADER, alive: false, failing: [{ ...failing, loop: 'lease' }] };
    expect(judgeOutbox(setup({ leader, stuck: 1, oldestDueAgeSeconds: 4_000 }))).toEqual({
      healthy: false,
      summary:
        'No worker is active: 0 tickets waiting, the oldest due for 67 min. ' +
        'lease has failed since 00:00:00 UTC (once): DatabaseError 42501: permission denied.',
    });
  });

  it('says what causes the delay before the delay', () => {
    const late = { oldestDueAgeSeconds: 90, consumers: [consumer({ oldestDueAgeSeconds: 90 })] };
    expect(judgeOutbox(setup({ leader: { ...LEADER, failing: [failing] }, ...late })).summary).toBe(
      'publishing has failed since 00:00:00 UTC (once): DatabaseError 42501: permission denied. ' +
        'Delivery does not keep up: 0 tickets waiting, the oldest due for 90 s.',
    );
  });

  it('tells a consumer that no worker runs, and is unhealthy only while that one lags', () => {
    const leader = { ...LEADER, report: readWorkerStats({ consumers: ['other'] }) };
    const idle = (oldestDueAgeSeconds: number | null): Omit<OutboxStats, 'verdict'> =>
      setup({ leader, oldestDueAgeSeconds, consumers: [consumer({ oldestDueAgeSeconds, counts: { ...NONE, pending: 3 } })] });
    expect(judgeOutbox(idle(60))).toMatchObject({ healthy: true, summary: expect.stringMatching(/ Consumer mailer runs in no worker\.$/) });
    expect(judgeOutbox(idle(61))).toEqual({
      healthy: false,
      summary:
        'Consumer mailer runs in no worker, and 3 tickets waited for it for up to 61 s: ' +
        'start a worker that has it, or remove it with DELETE /api/admin/outbox/consumers/mailer.',
    });
  });
});
