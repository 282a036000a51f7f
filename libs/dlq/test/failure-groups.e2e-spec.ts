import { DatabaseConnector } from '#zakops/database';
import { createTestDatabase } from '#zakops/testing';
import type { TestDatabase } from '#zakops/testing';
import { startOperationsApi } from '../../../apps/api/test/operations-harness.js';
import type { OperationsApi } from '../../../apps/api/test/operations-harness.js';
import { writeAttempts, writeTicket } from '../../../apps/api/test/tickets.builder.js';
import type { WrittenTicket } from '../../../apps/api/test/tickets.builder.js';

interface Group {
  readonly fingerprint: string;
  readonly count: number;
  readonly trend: readonly number[];
  readonly [name: string]: unknown;
}

interface Groups {
  readonly groups: readonly Group[];
  readonly total: number;
  readonly dead_letters: number;
  readonly next_cursor: string | null;
}

interface Followed {
  readonly state: string;
  readonly attempt_history: readonly Record<string, unknown>[];
  readonly [name: string]: unknown;
}

const FP = 'fp1:00000000000000aa';
const GROUPS = '/api/admin/dlq/groups';

describe('failures in groups, and what became of a retry', () => {
  let database: TestDatabase;
  let api: OperationsApi;

  beforeAll(async () => {
    database = await createTestDatabase();
    api = await startOperationsApi(database.url);
    await api.app.get(DatabaseConnector).whenConnected();
  });

  beforeEach(async () => {
    await database.query(
      'TRUNCATE zakops.events, zakops.event_log, zakops.outbox_tickets, zakops.outbox_attempts, zakops.consumer_progress, zakops.dlq_operations CASCADE',
    );
    await database.query('UPDATE zakops.event_log_head SET position = 0');
  });

  afterAll(async () => {
    await api.close();
    await database.drop();
  });

  const groups = async (query = ''): Promise<Groups> => {
    const { status, body } = await api.get<Groups>(`${GROUPS}${query}`);
    expect([query, status]).toEqual([query, 200]);
    return body;
  };
  const follow = async ({ entryId }: WrittenTicket): Promise<Followed> => {
    const { status, body } = await api.get<Followed>(`/api/admin/dlq/${entryId}`);
    expect(status).toBe(200);
    return body;
  };
  const setTicket = (ticket: WrittenTicket, columns: string): Promise<unknown> =>
    database.query(`UPDATE zakops.outbox_tickets SET ${columns} WHERE event_id = $1`, [ticket.eventId]);

  /** Three of one kind on two deals, and one of another kind. */
  async function twoGroups(): Promise<{ readonly newest: WrittenTicket; readonly other: WrittenTicket }> {
    await writeTicket(database, { failedAgo: '3 days', error: 'No deal 1', eventType: 'deal.created' });
    await writeTicket(database, { failedAgo: '130 minutes', error: 'No deal 22', eventType: 'deal.created', aggregateId: 'DEAL-000002' });
    const newest = await writeTicket(database, { failedAgo: '5 minutes', error: 'No deal 333', eventType: 'deal.created' });
    const other = await writeTicket(database, { consumer: 'webhooks', reasonCode: 'http_410', correlationId: 'corr-1' });
    for (const status of ['pending', 'delivered', 'failed'] as const) await writeTicket(database, { status, error: 'No deal 4' });
    return { newest, other };
  }

  it('answers the largest group first, with its trend and a sample', async () => {
    const { newest, other } = await twoGroups();
    const { groups: found, ...rest } = await groups();
    expect(rest).toEqual({ total: 2, dead_letters: 4, limit: 50, next_cursor: null });
    expect(found[0]).toEqual({
      fingerprint: expect.stringMatching(/^fp0:[0-9a-f]{16}$/),
      count: 3,
      aggregates: 2,
      first_failed_at: expect.stringMatching(/Z$/),
      last_failed_at: expect.stringMatching(/Z$/),
      consumer: 'mailer',
      event_type: 'deal.created',
      reason_code: 'handler_error',
      error_class: null,
      sql_state: null,
      table: null,
      constraint: null,
      frame: null,
      message: 'No deal #',
      trend: [...Array.from({ length: 21 }, () => 0), 1, 0, 1],
      sample: {
        id: newest.entryId,
        event_id: newest.eventId,
        aggregate_type: 'deal',
        aggregate_id: 'DEAL-000001',
        correlation_id: 'DEAL-000001',
        failed_at: found[0]?.['last_failed_at'],
      },
    });
    const [first, last] = [found[0]?.['first_failed_at'], found[0]?.['last_failed_at']].map((instant) => Date.parse(String(instant)));
    // The builder has the first attempt a minute before the last one.
    expect(Math.round(((last ?? 0) - (first ?? 0)) / 60_000)).toBe(3 * 24 * 60 - 5 + 1);
    expect(found[1]).toMatchObject({ count: 1, consumer: 'webhooks', sample: { id: other.entryId, correlation_id: 'corr-1' } });
  });

  it('says why, as the last attempt wrote it down', async () => {
    const { other } = await twoGroups();
    await writeAttempts(database, other, 2);
    await database.query(
      `UPDATE zakops.outbox_attempts SET error_class = 'DatabaseError', sql_state = '42P01', table_name = 'deals', frame = 'f (libs/deals/src/a.js:1)',
              message = 'relation "deals" does not exist' WHERE attempt = 2`,
    );
    expect((await groups('?consumer=webhooks')).groups[0]).toMatchObject({
      error_class: 'DatabaseError',
      sql_state: '42P01',
      table: 'deals',
      constraint: null,
      frame: 'f (libs/deals/src/a.js:1)',
      message: 'relation "deals" does not exist',
    });
  });

  it('narrows the groups by every filter of the list, and says how many there are', async () => {
    await twoGroups();
    expect((await groups()).total).toBe(2);
    for (const query of ['consumer=webhooks', 'reason_code=http_410', 'correlation_id=corr-1', 'q=BROKE']) {
      expect([query, await groups(`?${query}`)]).toEqual([query, expect.objectContaining({ total: 1, dead_letters: 1 })]);
    }
    expect(await groups('?aggregate_id=DEAL-000002')).toMatchObject({ total: 1, dead_letters: 1, groups: [{ count: 1, aggregates: 1 }] });
    expect(await groups('?consumer=none')).toEqual({ groups: [], total: 0, dead_letters: 0, limit: 50, next_cursor: null });
  });

  it('is walked by a cursor, also over groups of the same size', async () => {
    for (let n = 0; n < 7; n += 1) await writeTicket(database, { consumer: `consumer-${'abcdefg'.charAt(n)}` });
    await writeTicket(database, { consumer: 'consumer-c' });
    const seen: string[] = [];
    for (let query = '?limit=3'; query !== '';) {
      const { headers, body } = await api.get<Groups>(`${GROUPS}${query}`);
      seen.push(...body.groups.map(({ fingerprint }) => fingerprint));
      expect(body.total).toBe(7);
      expect(headers.get('x-next-cursor')).toBe(body.next_cursor);
      query = body.next_cursor === null ? '' : `?limit=3&cursor=${body.next_cursor}`;
    }
    expect(seen).toEqual((await groups()).groups.map(({ fingerprint }) => fingerprint));
    expect(new Set(seen).size).toBe(7);
    const { next_cursor: cursor } = await groups('?limit=3');
    const foreign = await api.get(`${GROUPS}?limit=3&consumer=mailer&cursor=${String(cursor)}`);
    expect([foreign.status, foreign.body['code']]).toEqual([400, 'VALIDATION_ERROR']);
  });

  it.each([
    ['?limit=201', 'limit'],
    ['?fingerprint=fp1:xyz', 'fingerprint'],
    ['?offset=1', 'offset'],
    ['?cursor=abc', 'cursor'],
  ])('refuses %s', async (query, pointer) => {
    const { status, body } = await api.get<{ errors: readonly { pointer: string }[] }>(`${GROUPS}${query}`);
    expect([status, body.errors[0]?.pointer]).toEqual([400, pointer]);
  });

  it('lists, counts and redrives one group by its fingerprint, and nothing else', async () => {
    await twoGroups();
    const [largest] = (await groups()).groups;
    const of = `fingerprint=${String(largest?.fingerprint)}`;
    const { body } = await api.get<{ total: number; entries: readonly { fingerprint: string }[] }>(`/api/admin/dlq?${of}`);
    expect([body.total, new Set(body.entries.map(({ fingerprint }) => fingerprint))]).toEqual([3, new Set([largest?.fingerprint])]);
    expect((await api.get(`/api/admin/dlq/stats?${of}`)).body).toMatchObject({ total_count: 3, by_consumer: { mailer: 3 } });
    expect((await api.get('/api/admin/dlq/stats?correlation_id=corr-1')).body).toMatchObject({
      total_count: 1,
      by_reason: { http_410: 1 },
    });
    expect((await api.get('/api/admin/dlq/stats?colour=red')).status).toBe(400);
    expect((await api.post(`/api/admin/dlq/retry-all?${of}`)).body).toMatchObject({ count: 3, remaining: 0 });
    expect((await groups()).groups.map(({ consumer }) => consumer)).toEqual(['webhooks']);
    expect(await database.query('SELECT filter FROM zakops.dlq_operations')).toEqual([{ filter: { fingerprint: largest?.fingerprint } }]);
  });

  it('leaves the payload out of a summary, and nothing else', async () => {
    await writeTicket(database, { data: { text: 'x'.repeat(100_000) } });
    const [whole, summary] = [await api.get('/api/admin/dlq'), await api.get('/api/admin/dlq?fields=summary')];
    const [{ event_data: data, masked, ...rest } = {}] = whole.body['entries'] as Record<string, unknown>[];
    expect([data, masked]).toEqual([{ text: 'x'.repeat(100_000) }, []]);
    expect(summary.body).toEqual({ ...whole.body, entries: [rest] });
    expect((await api.get('/api/admin/dlq?fields=all')).body).toEqual(whole.body);
    expect((await api.get('/api/admin/dlq?fields=none')).status).toBe(400);
  });

  it('tells what became of a dead letter that was retried, to its end', async () => {
    const ticket = await writeTicket(database);
    await writeAttempts(database, ticket, 5);
    expect(await follow(ticket)).toMatchObject({ state: 'dead', delivered_at: null, next_attempt_at: null });
    await api.post(`/api/admin/dlq/${ticket.entryId}/retry`, { reason: 'mended' });

    const waiting = await follow(ticket);
    expect(waiting).toMatchObject({
      id: ticket.entryId,
      event_id: ticket.eventId,
      consumer: 'mailer',
      state: 'waiting',
      replay_count: 1,
      attempts: 0,
      fingerprint: null,
      last_error: null,
      position: ticket.position,
      event_data: { deal_id: 'DEAL-000001' },
      next_attempt_at: expect.stringMatching(/Z$/),
      operations: [{ kind: 'retry', reason: 'mended' }],
    });
    expect(waiting.attempt_history).toHaveLength(5);

    await setTicket(ticket, `due_at = NULL`);
    expect(await follow(ticket)).toMatchObject({ state: 'waiting', next_attempt_at: null });
    await setTicket(ticket, `status = 'failed', attempts = 1, fingerprint = '${FP}', due_at = now() + interval '1 minute'`);
    expect(await follow(ticket)).toMatchObject({
      state: 'failed_again',
      attempts: 1,
      fingerprint: FP,
      next_attempt_at: expect.any(String),
    });
    await setTicket(ticket, `status = 'dead', attempts = 5`);
    expect(await follow(ticket)).toMatchObject({ state: 'dead', attempts: 5, replay_count: 1 });
    await setTicket(ticket, `status = 'delivered', delivered_at = now()`);
    expect(await follow(ticket)).toMatchObject({ state: 'delivered', delivered_at: expect.stringMatching(/Z$/), next_attempt_at: null });

    await database.query('DELETE FROM zakops.outbox_tickets');
    await database.query('DELETE FROM zakops.outbox_attempts');
    await database.query(`UPDATE zakops.consumer_progress SET registered_at = now() - interval '1 day'`);
    expect(await follow(ticket)).toMatchObject({ state: 'delivered', delivered_at: null, replay_count: 1, attempt_history: [] });
    await database.query(`UPDATE zakops.consumer_progress SET state = 'removed'`);
    expect((await follow(ticket)).state).toBe('removed');
    await database.query('DELETE FROM zakops.event_log');
    await database.query('DELETE FROM zakops.events');
    expect((await api.get(`/api/admin/dlq/${ticket.entryId}`)).status).toBe(404);
  });

  it('tells that a dead letter which was retried before was discarded, and by which operation each attempt was redriven', async () => {
    const ticket = await writeTicket(database);
    await api.post(`/api/admin/dlq/${ticket.entryId}/retry`);
    await setTicket(ticket, `status = 'dead', attempts = 1`);
    await api.post('/api/admin/dlq/retry-all', { reason: 'again' });
    await writeAttempts(database, ticket, 1, 1);
    await writeAttempts(database, ticket, 1, 2);
    await setTicket(ticket, `status = 'dead', attempts = 1`);
    const { attempt_history: history, operations } = await follow(ticket);
    const [one, many] = operations as { id: string; kind: string }[];
    expect([one?.kind, many?.kind]).toEqual(['retry', 'retry_all']);
    expect(history.map(({ number, replay, redrive_id: redriveId }) => [number, replay, redriveId])).toEqual([
      [1, 1, one?.id],
      [2, 2, many?.id],
    ]);
    await api.delete(`/api/admin/dlq/${ticket.entryId}?reason=spam`);
    expect(await follow(ticket)).toMatchObject({ state: 'discarded', replay_count: 2, last_error: null });
    const again = await api.post(`/api/admin/dlq/${ticket.entryId}/retry`);
    expect([again.status, again.body['code']]).toEqual([404, 'NOT_FOUND']);
  });
});
