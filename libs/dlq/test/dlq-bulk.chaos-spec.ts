import { DatabaseConnector } from '#zakops/database';
import { TICKETS } from '#zakops/outbox';
import { createTestDatabase, spawnApi, waitFor } from '#zakops/testing';
import type { TestDatabase } from '#zakops/testing';
import { failAgain, failInMass, outcome } from './mass-failure.js';
import { startOperationsApi } from '../../../apps/api/test/operations-harness.js';
import type { Answer, OperationsApi } from '../../../apps/api/test/operations-harness.js';

const PORTION = 2_500;
const TASK: unknown = expect.any(String);
const RETRY = '/api/admin/dlq/retry-all';
const PURGE = '/api/admin/dlq/purge-old';

describe('changes of many dead letters', () => {
  let database: TestDatabase;
  let api: OperationsApi;

  beforeEach(async () => {
    database = await createTestDatabase();
    api = await startOperationsApi(database.url);
    await api.app.get(DatabaseConnector).whenConnected();
  });

  afterEach(async () => {
    await api.close();
    await database.drop();
  });

  const sessionsWaiting = (): Promise<unknown> =>
    waitFor('a portion to wait', async () => {
      const rows = await database.query(`SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`);
      return rows.length === 1;
    });

  /** Lets each portion after the given number of them wait for a lock until `release`. */
  async function stopAfter(portions: number): Promise<{ release: () => Promise<unknown> }> {
    const holder = await database.connect();
    await holder.query('SELECT pg_advisory_lock(1)');
    await database.query(`
      CREATE FUNCTION public.wait_here() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
          IF (SELECT count(*) FROM zakops.dlq_operations) >= ${String(portions)} THEN PERFORM pg_advisory_xact_lock(1); END IF;
          RETURN NEW;
        END $$;
      CREATE TRIGGER wait_here BEFORE INSERT ON zakops.dlq_operations FOR EACH ROW EXECUTE FUNCTION public.wait_here()`);
    return { release: () => holder.query('SELECT pg_advisory_unlock(1)') };
  }

  /** Calls again while something remains, as the answer asks for; gives the entries changed in all. */
  async function untilDone(call: () => Promise<Answer>): Promise<number> {
    for (let sum = 0; ;) {
      const { status, body } = await call();
      expect(status).toBe(200);
      sum += Number(body['count']);
      if (body['remaining'] === 0) return sum;
    }
  }

  it('change 50,000 right after a mass failure, and share them with another operation', async () => {
    await failInMass(database, 50_000, 2_500);
    const counts = await Promise.all([untilDone(() => api.post(RETRY)), untilDone(() => api.post(`${RETRY}?aggregate_type=deal`))]);
    expect(counts[0] + counts[1]).toBe(50_000);
    expect(await outcome(database)).toMatchObject({ dead: 0, retried: 50_000, counted: 50_000, named: 50_000 });
    expect(await database.query(`SELECT count FROM zakops.dlq_operations WHERE count > ${String(PORTION)}`)).toEqual([]);

    await failAgain(database);
    const [retried, purged] = await Promise.all([
      untilDone(() => api.post(RETRY)),
      untilDone(() => api.post(PURGE, { days: 30, reason: 'space' })),
    ]);
    expect(retried + purged).toBe(50_000);
    const shared = await outcome(database);
    expect(shared).toMatchObject({ dead: 0, retried, counted: 50_000, named: 50_000, audited: shared?.operations });
  }, 120_000);

  it('leave what another session holds, say how much that is, and go on with it when they are called again', async () => {
    await failInMass(database, 300, 3);
    const holder = await database.connect();
    await holder.query(`BEGIN; SELECT FROM ${TICKETS} WHERE ordinal = 4 FOR UPDATE`);
    const retried = await api.post(RETRY);
    expect(retried.body).toEqual({ status: 'all_queued_for_retry', correlation_id: null, count: 200, remaining: 100, task_id: TASK });
    const purged = await api.post(PURGE, { days: 30 });
    expect(purged.body).toEqual({ status: 'purged', older_than_days: 30, count: 0, remaining: 100, task_id: TASK });
    await holder.query('ROLLBACK');
    expect((await api.post(RETRY)).body).toMatchObject({ count: 100, remaining: 0 });
    expect(await outcome(database)).toMatchObject({ dead: 0, retried: 300, counted: 300 });
  });

  it('take nothing twice that fails again while they walk', async () => {
    await failInMass(database, 30, 3);
    await database.query(`
      CREATE FUNCTION public.die_again() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN NEW.status := 'dead'; NEW.last_attempt_at := clock_timestamp(); RETURN NEW; END $$;
      CREATE TRIGGER die_again BEFORE UPDATE ON ${TICKETS} FOR EACH ROW WHEN (NEW.status = 'pending') EXECUTE FUNCTION public.die_again()`);
    const holder = await database.connect();
    await holder.query(`BEGIN; SELECT FROM ${TICKETS} WHERE ordinal = 4 FOR UPDATE`);
    // They walk several times, because something is held.
    expect((await api.post(RETRY)).body).toMatchObject({ count: 20, remaining: 10 });
    await holder.query('ROLLBACK');
    expect(await outcome(database)).toMatchObject({ dead: 30, counted: 20, named: 20 });
  });

  it('take what failed, by a clock that was set back since, in the future', async () => {
    await failInMass(database, 30, 3);
    await database.query(`UPDATE ${TICKETS} SET last_attempt_at = now() + interval '1 hour'`);
    expect((await api.post(RETRY)).body).toMatchObject({ count: 30, remaining: 0 });
  });

  it('give the same answer for the same Idempotency-Key, and change nothing again', async () => {
    await failInMass(database, PORTION + 100, 10);
    const retry = async (): Promise<[number, string | null, unknown]> => {
      const response = await fetch(api.url + RETRY, {
        method: 'POST',
        headers: { 'idempotency-key': 'after-the-outage', connection: 'close' },
      });
      return [response.status, response.headers.get('idempotency-replayed'), await response.json()];
    };
    const answer = { status: 'all_queued_for_retry', correlation_id: null, count: PORTION + 100, remaining: 0, task_id: TASK };
    expect(await retry()).toEqual([200, null, answer]);
    await failAgain(database);
    expect(await retry()).toEqual([200, 'true', answer]);
    expect(await outcome(database)).toMatchObject({ dead: PORTION + 100, operations: 0 });
  });

  it('answer a call with an Idempotency-Key before the server ends the transaction of the key', async () => {
    await failInMass(database, 300, 3);
    const holder = await database.connect();
    await holder.query(`BEGIN; SELECT FROM ${TICKETS} WHERE ordinal = 4 FOR UPDATE`);
    const strict = await startOperationsApi(database.url, { DATABASE_IDLE_TRANSACTION_TIMEOUT: '1.6', OUTBOX_HANDLER_TIMEOUT: '1' });
    try {
      await strict.app.get(DatabaseConnector).whenConnected();
      // What is held keeps it walking for longer than a transaction may be idle here.
      const response = await fetch(strict.url + RETRY, { method: 'POST', headers: { 'idempotency-key': 'held', connection: 'close' } });
      expect([response.status, await response.json()]).toEqual([
        200,
        { status: 'all_queued_for_retry', correlation_id: null, count: 200, remaining: 100, task_id: TASK },
      ]);
    } finally {
      await strict.close();
    }
  });

  it('stop after a whole portion when the client goes away', async () => {
    await failInMass(database, 3 * PORTION, 30);
    const { release } = await stopAfter(1);
    const client = new AbortController();
    const call = fetch(api.url + RETRY, { method: 'POST', signal: client.signal });
    await sessionsWaiting();
    client.abort();
    await expect(call).rejects.toThrow('aborted');
    const server = api.app.getHttpServer();
    const connections = (): Promise<number> =>
      new Promise((resolve, reject) => {
        server.getConnections((error, count) => {
          if (error === null) resolve(count);
          else reject(error);
        });
      });
    await waitFor('the connection to be gone', async () => (await connections()) === 0);
    await release();
    // A stop waits for what still runs.
    await waitFor('the second portion', async () => (await outcome(database))?.operations === 2);
    await api.close();
    expect(await outcome(database)).toMatchObject({
      dead: PORTION,
      retried: 2 * PORTION,
      counted: 2 * PORTION,
      named: 2 * PORTION,
      audited: 2,
    });
  });

  it('leave whole portions when the process is killed, and go on when they are called again', async () => {
    await failInMass(database, 4 * PORTION, 40);
    const { release } = await stopAfter(2);
    const doomed = await spawnApi(database.url);
    const call = fetch(doomed.url + RETRY, { method: 'POST' });
    const failed = expect(call).rejects.toThrow('fetch failed');
    await sessionsWaiting();
    await doomed.stop('SIGKILL');
    await failed;
    await release();
    expect(await outcome(database)).toEqual({
      dead: 2 * PORTION,
      retried: 2 * PORTION,
      counted: 2 * PORTION,
      named: 2 * PORTION,
      operations: 2,
      audited: 2,
    });
    expect((await api.post(RETRY)).body).toMatchObject({ count: 2 * PORTION, remaining: 0 });
    expect(await outcome(database)).toMatchObject({
      dead: 0,
      retried: 4 * PORTION,
      counted: 4 * PORTION,
      named: 4 * PORTION,
      operations: 4,
    });
  }, 60_000);
});
