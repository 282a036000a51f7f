import { clockMovedBy, SpawnedApps, spawnWorker, waitFor } from '#zakops/testing';
import type { SpawnedApp } from '#zakops/testing';
import { OutboxTestbed } from '../../../libs/outbox/test/outbox-testbed.js';
import type { OutboxProcess } from '../../../libs/outbox/test/outbox-testbed.js';

const HOUR_MS = 3_600_000;
// Two a second: longer than a lease lasts.
const HEARTBEATS = 10;

describe.each([
  ['ahead', HOUR_MS],
  ['behind', -HOUR_MS],
])('a worker whose clock is an hour %s, beside a standby with the opposite mistake', (_word, ms) => {
  const apps = new SpawnedApps();
  let bed: OutboxTestbed;
  let writer: OutboxProcess;
  let active: SpawnedApp;
  let standby: SpawnedApp;

  const worker = (movedByMs: number, isActive: boolean): Promise<SpawnedApp> =>
    apps.started(spawnWorker(bed.database.url, { NODE_OPTIONS: clockMovedBy(movedByMs), OUTBOX_POLL_INTERVAL: '0.1' }, isActive));

  beforeAll(async () => {
    bed = await OutboxTestbed.create();
    writer = await bed.start({ relay: false });
    active = await worker(ms, true);
    standby = await worker(-ms, false);
    await standby.waitForLine('Another worker is active');
  }, 60_000);
  afterAll(async () => {
    await apps.kill();
    await bed.dispose();
  });

  const one = async <T extends object>(sql: string, parameters: readonly unknown[] = []): Promise<T | undefined> =>
    (await bed.database.query<T & Record<string, unknown>>(sql, parameters))[0];
  const activity = async (): Promise<number | undefined> =>
    (await one<{ n: number }>('SELECT count(*)::int AS n FROM zakops.deal_activity'))?.n;

  it('really has it', async () => {
    const now = (await one<{ now: Date }>('SELECT clock_timestamp() AS now'))?.now.getTime() ?? 0;
    for (const [{ lines }, movedByMs] of [
      [active, ms],
      [standby, -ms],
    ] as const) {
      const { time } = JSON.parse(lines.find((line) => line.startsWith('{')) ?? '{}') as { time: string };
      expect(Math.round((Date.parse(time) - now) / HOUR_MS)).toBe(movedByMs / HOUR_MS);
    }
  });

  it('delivers events', async () => {
    await writer.append(...Array.from({ length: 20 }, (_, n) => bed.event(n % 4)));
    await waitFor('the effects', async () => (await activity()) === 20);
  });

  it('tries what failed again when it is due by the clock of the database', async () => {
    await bed.database.query(`
      CREATE FUNCTION zakops.refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'the store is full'; END $$;
      CREATE TRIGGER refuse BEFORE INSERT ON zakops.deal_activity FOR EACH ROW EXECUTE FUNCTION zakops.refuse()`);
    const before = await one<{ now: string }>('SELECT clock_timestamp()::text AS now');
    await writer.append(bed.event(1));
    await waitFor('the failure', () => one(`SELECT FROM zakops.outbox_tickets WHERE status = 'failed'`));
    await bed.database.query('DROP FUNCTION zakops.refuse() CASCADE');
    // One statement, so that no attempt comes in between.
    const postponed = await one<{ waitSeconds: number; isOfNow: boolean; dueAt: string }>(
      `WITH failed AS (
         SELECT event_id, due_at, last_attempt_at FROM zakops.outbox_tickets WHERE status = 'failed' AND attempts = 1 FOR UPDATE
       )
       UPDATE zakops.outbox_tickets t SET due_at = now() + interval '1 second' FROM failed f WHERE t.event_id = f.event_id
       RETURNING extract(epoch FROM f.due_at - f.last_attempt_at)::float AS "waitSeconds",
                 f.last_attempt_at BETWEEN $1::timestamptz AND now() AS "isOfNow", t.due_at::text AS "dueAt"`,
      [before?.now],
    );
    expect(postponed?.isOfNow).toBe(true);
    expect(postponed?.waitSeconds).toBeGreaterThanOrEqual(4);
    expect(postponed?.waitSeconds).toBeLessThanOrEqual(6);

    await waitFor('the retry', async () => (await activity()) === 21);
    const retried = await one(`SELECT status, attempts, last_attempt_at >= $1::timestamptz AS "wasDue" FROM zakops.outbox_tickets`, [
      postponed?.dueAt,
    ]);
    expect(retried).toEqual({ status: 'delivered', attempts: 2, wasDue: true });
  });

  it('keeps its lease as long as it lives, and no longer', async () => {
    const leases = new Set<string>();
    const heartbeats = new Set<string>();
    const look = async (): Promise<string> => {
      const row = await one<{ owner: string; lease: string; heartbeat: string }>(
        `SELECT owner, owner || '/' || fence AS lease, heartbeat_at::text AS heartbeat FROM zakops.worker_leases WHERE name = 'outbox'`,
      );
      leases.add(row?.lease ?? 'none');
      heartbeats.add(row?.heartbeat ?? 'none');
      return row?.owner ?? '';
    };
    const owner = await look();
    await waitFor('heartbeats', async () => (await look()) !== '' && heartbeats.size > HEARTBEATS);
    expect([...leases]).toEqual([`${owner}/1`]);

    await active.stop('SIGKILL');
    await standby.waitForLine('This worker is the active one now');
    await writer.append(bed.event(1));
    await waitFor('the effect', async () => (await activity()) === 22);
    expect(await one(`SELECT fence::int, owner <> $1 AS "isAnother" FROM zakops.worker_leases WHERE name = 'outbox'`, [owner])).toEqual({
      fence: 2,
      isAnother: true,
    });
  });
});
