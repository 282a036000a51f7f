import { DatabaseConnector } from '#zakops/database';
import { createTestDatabase, waitFor } from '#zakops/testing';
import type { TestDatabase } from '#zakops/testing';
import { startOperationsApi } from '../../../apps/api/test/operations-harness.js';
import type { OperationsApi } from '../../../apps/api/test/operations-harness.js';
import { writeAttempts, writeTicket } from '../../../apps/api/test/tickets.builder.js';

interface List {
  readonly entries: readonly Record<string, unknown>[];
  readonly total: number;
  readonly limit: number;
  readonly offset: number;
  readonly next_cursor: string | null;
}

const UNKNOWN_ID = '00000000-0000-4000-8000-000000000000';

describe('/api/admin/dlq', () => {
  let database: TestDatabase;
  let api: OperationsApi;

  beforeAll(async () => {
    database = await createTestDatabase();
    api = await startOperationsApi(database.url);
    await api.app.get(DatabaseConnector).whenConnected();
  });

  beforeEach(async () => {
    await database.query('ALTER TABLE zakops.dlq_operation_entries DROP CONSTRAINT IF EXISTS refuse');
    await database.query(
      'TRUNCATE zakops.events, zakops.event_log, zakops.outbox_tickets, zakops.outbox_attempts, zakops.outbox_waiting, zakops.consumer_progress, zakops.dlq_operations CASCADE',
    );
    await database.query('UPDATE zakops.event_log_head SET position = 0');
  });

  afterAll(async () => {
    await api.close();
    await database.drop();
  });

  const list = async (query = ''): Promise<List> => (await api.get<List>(`/api/admin/dlq${query}`)).body;
  const idsOf = ({ entries }: List): unknown[] => entries.map(({ id }) => id);

  it('lists only dead letters, last failed first, with every field', async () => {
    const older = await writeTicket(database, {
      failedAgo: '2 hours',
      eventType: 'deal.created',
      data: { name: 'Räksmörgås' },
      correlationId: 'corr-1',
    });
    const newer = await writeTicket(database, { failedAgo: '1 hour', reasonCode: 'timeout', error: 'too slow' });
    for (const status of ['pending', 'processing', 'delivered', 'failed'] as const) await writeTicket(database, { status });
    const answer = await api.get<List>('/api/admin/dlq');
    expect(answer.status).toBe(200);
    expect(answer.body).toMatchObject({ total: 2, limit: 100, offset: 0, next_cursor: null });
    expect(answer.headers.get('link')).toBeNull();
    expect(idsOf(answer.body)).toEqual([newer.entryId, older.entryId]);
    expect(answer.body.entries[1]).toEqual({
      id: older.entryId,
      correlation_id: 'corr-1',
      event_type: 'deal.created',
      event_data: { name: 'Räksmörgås' },
      attempts: 5,
      max_attempts: 5,
      last_error: 'It broke.',
      created_at: expect.stringMatching(/^\d{4}-.*Z$/),
      failed_at: expect.stringMatching(/^\d{4}-.*Z$/),
      event_id: older.eventId,
      consumer: 'mailer',
      aggregate_type: 'deal',
      aggregate_id: 'DEAL-000001',
      position: older.position,
      reason_code: 'handler_error',
      first_failed_at: expect.stringMatching(/^\d{4}-.*Z$/),
      replay_count: 0,
      fingerprint: expect.stringMatching(/^fp0:[0-9a-f]{16}$/),
    });
    const [{ failed_at, first_failed_at } = {}] = answer.body.entries.slice(1);
    expect(Date.parse(String(failed_at)) - Date.parse(String(first_failed_at))).toBe(60_000);
  });

  it('narrows the list by each filter', async () => {
    const plain = await writeTicket(database);
    const other = {
      correlationId: 'corr-2',
      eventType: 'deal.archived',
      consumer: 'webhooks',
      aggregateType: 'action',
      aggregateId: 'ACT-7',
      reasonCode: 'http_410',
      error: 'Gone: 100% of host_a',
      failedAgo: '3 days',
    };
    const special = await writeTicket(database, other);
    const dayAgo = new Date(Date.now() - 86_400_000).toISOString();
    const onlySpecial = [
      'correlation_id=corr-2',
      'event_type=deal.archived',
      'consumer=webhooks',
      'aggregate_type=action',
      'aggregate_id=ACT-7',
      'reason_code=http_410',
      `failed_before=${dayAgo}`,
      'q=GONE',
      'q=100%25+of',
      'q=host_a',
      'consumer=webhooks&reason_code=http_410&q=gone',
    ];
    for (const query of onlySpecial) expect([query, idsOf(await list(`?${query}`))]).toEqual([query, [special.entryId]]);
    expect(idsOf(await list(`?failed_after=${dayAgo}`))).toEqual([plain.entryId]);
    for (const query of ['q=100_', 'q=%25%25', 'q=hostXa', 'consumer=webhook', 'consumer=mailer&reason_code=http_410']) {
      expect([query, await list(`?${query}`)]).toEqual([query, { entries: [], total: 0, limit: 100, offset: 0, next_cursor: null }]);
    }
  });

  it('pages by cursor without repeating or skipping entries of the same instant, while others leave', async () => {
    for (let n = 0; n < 25; n += 1) await writeTicket(database);
    // Microseconds apart: a cursor cut to milliseconds would skip.
    await database.query(
      `UPDATE zakops.outbox_tickets SET last_attempt_at = '2026-01-01T00:00:00.123001Z'::timestamptz + (ordinal % 4) * interval '1 microsecond'`,
    );
    const seen: unknown[] = [];
    let cursor: string | null = null;
    do {
      const answer: { body: List; headers: Headers } = await api.get<List>(
        `/api/admin/dlq?limit=4${cursor === null ? '' : `&cursor=${cursor}`}`,
      );
      seen.push(...idsOf(answer.body));
      cursor = answer.body.next_cursor;
      expect(answer.headers.get('x-next-cursor')).toBe(cursor);
      if (cursor !== null) expect(answer.headers.get('link')).toBe(`</api/admin/dlq?limit=4&cursor=${cursor}>; rel="next"`);
    } while (cursor !== null);
    expect(new Set(seen).size).toBe(25);
    expect(seen).toHaveLength(25);
    expect(seen).toEqual(idsOf(await list()));
    expect(idsOf(await list('?limit=3&offset=20'))).toEqual(seen.slice(20, 23));

    const first = await list('?limit=10');
    await api.delete(`/api/admin/dlq/${String(seen[9])}`);
    const second = await list(`?limit=10&cursor=${String(first.next_cursor)}`);
    expect(idsOf(second)).toEqual(seen.slice(10, 20));
  });

  it.each([
    ['?limit=0', 'limit'],
    ['?limit=1001', 'limit'],
    ['?limit=ten', 'limit'],
    ['?offset=-1', 'offset'],
    ['?cursor=abc', 'cursor'],
    ['?failed_after=yesterday', 'failed_after'],
    ['?colour=red', 'colour'],
    ['?q=', 'q'],
  ])('refuses %s', async (query, pointer) => {
    const { status, body } = await api.get<{ code: string; errors: readonly { pointer: string }[] }>(`/api/admin/dlq${query}`);
    expect([status, body.code, body.errors[0]?.pointer]).toEqual([400, 'VALIDATION_ERROR', pointer]);
  });

  it('refuses a cursor of another filter, and a cursor together with an offset', async () => {
    await writeTicket(database);
    await writeTicket(database);
    const { next_cursor: cursor } = await list('?limit=1');
    const otherFilter = await api.get(`/api/admin/dlq?limit=1&consumer=mailer&cursor=${String(cursor)}`);
    expect([otherFilter.status, otherFilter.body['code']]).toEqual([400, 'VALIDATION_ERROR']);
    const withOffset = await api.get(`/api/admin/dlq?limit=1&offset=1&cursor=${String(cursor)}`);
    expect([withOffset.status, withOffset.body['code']]).toEqual([400, 'VALIDATION_ERROR']);
  });

  it('shows one dead letter with its attempts and what operators did', async () => {
    const ticket = await writeTicket(database);
    await writeAttempts(database, ticket, 5);
    await api.post(`/api/admin/dlq/${ticket.entryId}/retry`, { reason: 'mail server is back' });
    await database.query(`UPDATE zakops.outbox_tickets SET status = 'dead', attempts = 1, reason_code = 'timeout' WHERE event_id = $1`, [
      ticket.eventId,
    ]);
    await writeAttempts(database, ticket, 1, 1);
    const { status, body } = await api.get<Record<string, unknown[]>>(`/api/admin/dlq/${ticket.entryId}`);
    expect(status).toBe(200);
    expect(body).toMatchObject({ id: ticket.entryId, replay_count: 1, attempts: 1, reason_code: 'timeout' });
    expect(body['attempt_history']).toHaveLength(6);
    expect(body['attempt_history']?.[0]).toEqual({
      number: 1,
      attempt: 1,
      replay: 0,
      redrive_id: null,
      started_at: expect.stringMatching(/Z$/),
      duration_ms: 10,
      reason_code: 'handler_error',
      error: 'Failure 1',
      fingerprint: null,
      error_class: null,
      sql_state: null,
      table: null,
      constraint: null,
      frame: null,
      message: null,
      worker: null,
      event_trace_id: null,
      attempt_trace_id: null,
    });
    const [operation] = body['operations'] as { id: string }[];
    expect(body['attempt_history']?.[5]).toMatchObject({ number: 6, attempt: 1, replay: 1, redrive_id: operation?.id });
    expect(body['operations']).toEqual([
      {
        id: operation?.id,
        kind: 'retry',
        actor: 'user:dev@zakops.local',
        reason: 'mail server is back',
        performed_at: expect.stringMatching(/Z$/),
      },
    ]);
  });

  it('makes one dead letter due again and writes down who did it and why', async () => {
    const ticket = await writeTicket(database, { failedAgo: '1 hour', dueAgo: '-1 day' });
    const answer = await api.post(`/api/admin/dlq/${ticket.entryId}/retry`, { reason: 'try again' });
    expect([answer.status, answer.body]).toEqual([200, { status: 'queued_for_retry', entry_id: ticket.entryId }]);
    const [row] = await database.query(
      `SELECT status, attempts, replay_count, reason_code, last_error, owner, lease_until, due_at <= now() AS due FROM zakops.outbox_tickets WHERE event_id = $1`,
      [ticket.eventId],
    );
    expect(row).toEqual({
      status: 'pending',
      attempts: 0,
      replay_count: 1,
      reason_code: null,
      last_error: null,
      owner: null,
      lease_until: null,
      due: true,
    });
    const operations = await database.query(
      `SELECT kind, actor, reason, filter, count, e.entry_id, e.event_id, e.consumer
         FROM zakops.dlq_operations o JOIN zakops.dlq_operation_entries e ON e.operation_id = o.id`,
    );
    expect(operations).toEqual([
      {
        kind: 'retry',
        actor: 'user:dev@zakops.local',
        reason: 'try again',
        filter: { entryId: ticket.entryId },
        count: 1,
        entry_id: ticket.entryId,
        event_id: ticket.eventId,
        consumer: 'mailer',
      },
    ]);
  });

  it.each([
    ['retry', (id: string) => api.post(`/api/admin/dlq/${id}/retry`)],
    ['delete', (id: string) => api.delete(`/api/admin/dlq/${id}`)],
  ])('%s answers 404 for an unknown id, 409 for an entry that left, 400 for no id, and changes nothing', async (_verb, call) => {
    const ticket = await writeTicket(database);
    const unknown = await call(UNKNOWN_ID);
    expect([unknown.status, unknown.body['code'], unknown.body['entry_id']]).toEqual([404, 'NOT_FOUND', UNKNOWN_ID]);
    expect(unknown.headers.get('content-type')).toBe('application/problem+json');
    const noId = await call('DEAL-1');
    expect([noId.status, noId.body['code']]).toEqual([400, 'VALIDATION_ERROR']);
    expect((await api.post(`/api/admin/dlq/${ticket.entryId}/retry`)).status).toBe(200);
    await database.query(`UPDATE zakops.outbox_tickets SET status = 'delivered'`);
    const left = await call(ticket.entryId);
    expect([left.status, left.body['code'], left.body['current_status']]).toEqual([409, 'CONFLICT', 'delivered']);
    expect(await database.query('SELECT status, replay_count FROM zakops.outbox_tickets')).toEqual([
      { status: 'delivered', replay_count: 1 },
    ]);
    expect(await database.query('SELECT kind FROM zakops.dlq_operations')).toEqual([{ kind: 'retry' }]);
  });

  it('deletes a dead letter with its attempts, keeps its event, and answers 404 afterwards', async () => {
    const ticket = await writeTicket(database);
    const neighbour = await writeTicket(database);
    await writeAttempts(database, ticket, 5);
    await writeAttempts(database, neighbour, 5);
    const answer = await api.delete(`/api/admin/dlq/${ticket.entryId}?reason=spam`);
    expect([answer.status, answer.body]).toEqual([200, { status: 'purged', entry_id: ticket.entryId }]);
    expect(await database.query('SELECT event_id FROM zakops.outbox_tickets')).toEqual([{ event_id: neighbour.eventId }]);
    expect(await database.query('SELECT DISTINCT event_id FROM zakops.outbox_attempts')).toEqual([{ event_id: neighbour.eventId }]);
    expect(await database.query('SELECT 1 AS one FROM zakops.events')).toHaveLength(2);
    expect(await database.query('SELECT kind, reason, count FROM zakops.dlq_operations')).toEqual([
      { kind: 'purge', reason: 'spam', count: 1 },
    ]);
    expect((await api.delete(`/api/admin/dlq/${ticket.entryId}`)).status).toBe(404);
    expect((await api.post(`/api/admin/dlq/${ticket.entryId}/retry`)).status).toBe(404);
    expect((await api.get(`/api/admin/dlq/${ticket.entryId}`)).status).toBe(404);
  });

  it('redrives what fits a filter and counts what it changed', async () => {
    for (const correlationId of ['a', 'a', 'b']) await writeTicket(database, { correlationId });
    await writeTicket(database, { correlationId: 'a', consumer: 'webhooks' });
    await writeTicket(database, { correlationId: 'a', status: 'failed' });
    const none = await api.post('/api/admin/dlq/retry-all?correlation_id=nothing');
    expect([none.status, none.body]).toEqual([200, { status: 'all_queued_for_retry', correlation_id: 'nothing', count: 0, remaining: 0 }]);
    const some = await api.post('/api/admin/dlq/retry-all?correlation_id=a&consumer=mailer', { reason: 'fixed' });
    expect(some.body).toEqual({ status: 'all_queued_for_retry', correlation_id: 'a', count: 2, remaining: 0 });
    const all = await api.post('/api/admin/dlq/retry-all');
    expect(all.body).toEqual({ status: 'all_queued_for_retry', correlation_id: null, count: 2, remaining: 0 });
    expect(await database.query(`SELECT count(*)::int AS n FROM zakops.outbox_tickets WHERE status = 'failed'`)).toEqual([{ n: 1 }]);
    expect(await database.query('SELECT kind, reason, filter, count FROM zakops.dlq_operations ORDER BY id')).toEqual([
      { kind: 'retry_all', reason: null, filter: { correlationId: 'nothing' }, count: 0 },
      { kind: 'retry_all', reason: 'fixed', filter: { correlationId: 'a', consumer: 'mailer' }, count: 2 },
      { kind: 'retry_all', reason: null, filter: {}, count: 2 },
    ]);
  });

  it('refuses a redrive whose filter it does not know, rather than redriving everything', async () => {
    await writeTicket(database);
    const { status, body } = await api.post('/api/admin/dlq/retry-all?corelation_id=a');
    expect([status, body['code']]).toEqual([400, 'VALIDATION_ERROR']);
    expect(await database.query('SELECT status FROM zakops.outbox_tickets')).toEqual([{ status: 'dead' }]);
  });

  it('counts right when several redrives, purges and single retries run at once', async () => {
    const tickets = [];
    for (let n = 0; n < 120; n += 1) tickets.push(await writeTicket(database, { failedAgo: '40 days' }));
    const one = tickets[60];
    if (one === undefined) throw new Error('no ticket');
    const answers = await Promise.all([
      api.post('/api/admin/dlq/retry-all'),
      api.post('/api/admin/dlq/purge-old', { days: 30 }),
      api.post(`/api/admin/dlq/${one.entryId}/retry`),
      api.post('/api/admin/dlq/retry-all?consumer=mailer'),
      api.post('/api/admin/dlq/retry-all'),
      api.delete(`/api/admin/dlq/${one.entryId}`),
    ]);
    const single = answers.filter(({ body }) => 'entry_id' in body && 'status' in body && typeof body['status'] === 'string');
    const sum = answers.reduce((total, { body }) => total + (typeof body['count'] === 'number' ? body['count'] : 0), 0);
    expect(sum + single.length).toBe(120);
    const [row] = await database.query(
      `SELECT (SELECT count(*)::int FROM zakops.outbox_tickets WHERE status = 'dead') AS dead,
              (SELECT count(*)::int FROM zakops.outbox_tickets WHERE status = 'pending' AND replay_count = 1) AS pending,
              (SELECT sum(count)::int FROM zakops.dlq_operations WHERE kind IN ('purge', 'purge_old')) AS purged,
              (SELECT count(*)::int FROM zakops.dlq_operation_entries) AS audited`,
    );
    expect(row?.['dead']).toBe(0);
    expect(Number(row?.['pending']) + Number(row?.['purged'] ?? 0)).toBe(120);
    expect(row?.['audited']).toBe(120);
  });

  it('shares dead letters between two retry-all calls without counting one twice', async () => {
    for (let n = 0; n < 60; n += 1) await writeTicket(database);
    // The first call is held up with its locks taken, so that the second surely meets them.
    const blocker = await database.connect();
    await blocker.query('BEGIN');
    await blocker.query('LOCK TABLE zakops.dlq_operations IN ACCESS EXCLUSIVE MODE');
    const both = Promise.all([api.post('/api/admin/dlq/retry-all'), api.post('/api/admin/dlq/retry-all')]);
    await waitFor('both to wait', async () => {
      const [row] = await database.query<{ n: number }>(
        `SELECT count(*)::int AS n FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
      );
      return row?.n === 2;
    });
    await blocker.query('COMMIT');
    const counts = (await both).map(({ body }) => body['count']);
    expect(counts.toSorted()).toEqual([0, 60]);
    expect(await database.query('SELECT count(*)::int AS n FROM zakops.outbox_tickets WHERE replay_count = 1')).toEqual([{ n: 60 }]);
  });

  it('purges what failed longer ago than the given days, 30 by default', async () => {
    for (const failedAgo of ['31 days', '29 days', '8 days', '1 hour']) await writeTicket(database, { failedAgo });
    const byDefault = await api.post('/api/admin/dlq/purge-old');
    expect([byDefault.status, byDefault.body]).toEqual([200, { status: 'purged', older_than_days: 30, count: 1, remaining: 0 }]);
    const week = await api.post('/api/admin/dlq/purge-old', { days: 7, reason: 'space' });
    expect(week.body).toEqual({ status: 'purged', older_than_days: 7, count: 2, remaining: 0 });
    expect((await list()).total).toBe(1);
    expect(await database.query('SELECT kind, reason, filter, count FROM zakops.dlq_operations ORDER BY id')).toEqual([
      { kind: 'purge_old', reason: null, filter: { olderThanDays: 30 }, count: 1 },
      { kind: 'purge_old', reason: 'space', filter: { olderThanDays: 7 }, count: 2 },
    ]);
  });

  it.each([
    ['{"days":-1}', '/days'],
    ['{"days":"30"}', '/days'],
    ['{"day":30}', '/day'],
    ['{"reason":7}', '/reason'],
  ])('refuses to purge with %s', async (body, pointer) => {
    await writeTicket(database, { failedAgo: '100 days' });
    const answer = await api.post<{ code: string; errors: readonly { pointer: string }[] }>('/api/admin/dlq/purge-old', JSON.parse(body));
    expect([answer.status, answer.body.errors[0]?.pointer]).toEqual([400, pointer]);
    expect((await list()).total).toBe(1);
  });

  it('rolls the redrive back when it cannot be written down', async () => {
    const ticket = await writeTicket(database);
    await database.query(`ALTER TABLE zakops.dlq_operation_entries ADD CONSTRAINT refuse CHECK (entry_id IS NULL)`);
    const { status, body } = await api.post(`/api/admin/dlq/${ticket.entryId}/retry`);
    expect([status, body['code']]).toEqual([500, 'DATABASE_ERROR']);
    expect(await database.query('SELECT status, replay_count FROM zakops.outbox_tickets')).toEqual([{ status: 'dead', replay_count: 0 }]);
    expect(await database.query('SELECT 1 AS one FROM zakops.dlq_operations')).toEqual([]);
  });

  it('counts the queue by event type, consumer and reason', async () => {
    const empty = await api.get('/api/admin/dlq/stats');
    expect([empty.status, empty.body]).toEqual([
      200,
      { total_count: 0, by_event_type: {}, by_consumer: {}, by_reason: {}, oldest_entry: null, oldest_age_seconds: null },
    ]);
    await writeTicket(database, { eventType: 'deal.created', failedAgo: '2 hours' });
    await writeTicket(database, { reasonCode: 'timeout' });
    await writeTicket(database, { consumer: 'webhooks', reasonCode: null });
    await writeTicket(database, { status: 'failed', failedAgo: '9 days' });
    const { body } = await api.get('/api/admin/dlq/stats');
    expect(body).toMatchObject({
      total_count: 3,
      by_event_type: { 'deal.created': 1, 'deal.updated': 2 },
      by_consumer: { mailer: 2, webhooks: 1 },
      by_reason: { handler_error: 1, timeout: 1, unknown: 1 },
    });
    const age = Number(body['oldest_age_seconds']);
    expect(age).toBeGreaterThanOrEqual(7_200);
    expect(age).toBeLessThan(7_260);
    expect(Date.now() - Date.parse(String(body['oldest_entry'])) - 7_200_000).toBeLessThan(60_000);
  });

  it('is closed without an operator', async () => {
    const closed = await startOperationsApi(database.url, { AUTH_REQUIRED: 'true', SESSION_SECRET: 'x'.repeat(32) });
    try {
      for (const path of [
        '/api/admin/dlq',
        '/api/admin/dlq/stats',
        '/api/admin/outbox/stats',
        '/api/admin/system/health',
        '/health/detailed',
      ]) {
        const { status, body } = await closed.get(path);
        expect([path, status, body['code']]).toEqual([path, 401, 'UNAUTHORIZED']);
      }
      expect((await closed.post('/api/admin/dlq/retry-all')).status).toBe(401);
      expect((await closed.get('/health')).status).toBe(200);
    } finally {
      await closed.close();
    }
  });
});
