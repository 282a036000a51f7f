import { DatabaseConnector } from '#zakops/database';
import { waitFor } from '#zakops/testing';
import { Retention } from '../src/retention/retention.js';
import { OutboxTestbed } from './outbox-testbed.js';
import { startOperationsApi } from '../../../apps/api/test/operations-harness.js';
import { Scraped } from '../../monitoring/test/scraped.js';

const LAG = 'zakops_outbox_retention_lag_seconds';
const DAY_SECONDS = 86_400;
const ON_TIME = { audit_log: 0, events: 0, inbox: 0, outbox_attempts: 0, outbox_history: 0, outbox_tickets: 0 };
const KEEP = { EVENTS_RETENTION_DAYS: '30', OUTBOX_RETENTION_DAYS: '7' };

describe('the metric of retention', () => {
  let bed: OutboxTestbed;

  beforeEach(async () => {
    bed = await OutboxTestbed.create();
  });
  afterEach(() => bed.dispose());

  /** Whole days that each table is late, as a process says that has not been asked before: figures are kept for some seconds. */
  const daysLate = async (): Promise<Record<string, number>> => {
    const api = await startOperationsApi(bed.database.url, KEEP);
    try {
      await api.app.get(DatabaseConnector).whenConnected();
      const samples = (await Scraped.of(`${api.url}/metrics`)).all(LAG);
      return Object.fromEntries(
        samples.map(({ labels, value }) => [labels['table'] ?? '', value === 0 ? 0 : Math.floor(value / DAY_SECONDS)]),
      );
    } finally {
      await api.close();
    }
  };

  it('says how late the removal is, and 0 once everything is removed that is over', async () => {
    const worker = await bed.start({ relay: true, env: { ...KEEP, OUTBOX_POLL_INTERVAL: '0.1' } });
    await worker.append(bed.event(1), bed.event(1), bed.event(1));
    await waitFor('positions', async () => (await bed.database.query('SELECT FROM zakops.event_log')).length === 3);
    const { database } = bed;
    await database.query(`UPDATE zakops.event_log SET published_at = now() - interval '32 days' WHERE position = 1`);
    await database.query(`UPDATE zakops.event_log SET published_at = now() - interval '29 days' WHERE position = 2`);
    await database.query(
      `INSERT INTO zakops.outbox_tickets (event_id, consumer, ordinal, event_type, stream, status, attempts, delivered_at)
       SELECT gen_random_uuid(), 'mailer', n, 'deal.updated', n, 'delivered', 2, now() - n * interval '5 days' FROM generate_series(1, 2) n`,
    );
    await database.query(
      `INSERT INTO zakops.outbox_attempts (event_id, consumer, replay, attempt, started_at, duration_ms, reason_code, error)
       SELECT event_id, consumer, 0, 1, now() - interval '34 days', 1, 'handler_error', 'x' FROM zakops.outbox_tickets`,
    );
    expect(await daysLate()).toEqual({ ...ON_TIME, events: 2, outbox_tickets: 3, outbox_attempts: 4 });

    await worker.get(Retention).run(() => false);
    expect(await daysLate()).toEqual(ON_TIME);
    expect(await database.query('SELECT position::int FROM zakops.event_log ORDER BY position')).toEqual([
      { position: 2 },
      { position: 3 },
    ]);
    expect(await database.query('SELECT ordinal::int FROM zakops.outbox_tickets')).toEqual([{ ordinal: 1 }]);
  });
});
