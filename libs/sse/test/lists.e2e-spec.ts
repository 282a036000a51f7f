import { makeEvent } from '#zakops/contracts';
import { uuidV7 } from '#zakops/kernel';
import { range, SseHarness } from './sse-harness.js';
import type { SseApi } from './sse-harness.js';

interface Event {
  readonly id: string;
  readonly type: string;
  readonly subject: string;
  readonly sequence?: string;
}

interface Poll {
  readonly events: readonly Event[];
  readonly next_since: string;
  readonly reset: { readonly reason: string } | null;
}

function sequences(events: readonly Event[]): readonly number[] {
  return events.map(({ sequence }) => Number(sequence));
}

function positionOf({ next_since }: Poll): number {
  return Number(next_since.split('-')[1]);
}

async function epochOf(api: SseApi): Promise<string> {
  return String((await api.get<Poll>('/api/events/poll?limit=1')).body.next_since.split('-')[0]);
}

type Answer = Awaited<ReturnType<typeof SseApi.prototype.get<Event[]>>>;

/** Follows `Link` to the end. */
async function pages(api: SseApi, path: string): Promise<readonly (readonly Event[])[]> {
  const found: (readonly Event[])[] = [];
  for (let next: string | undefined = path; next !== undefined;) {
    const { status, headers, body }: Answer = await api.get<Event[]>(next);
    expect(status).toBe(200);
    found.push(body);
    next = /^<(.*)>; rel="next"$/.exec(headers.get('link') ?? '')?.[1];
    expect(headers.has('x-next-cursor')).toBe(next !== undefined);
  }
  return found;
}

describe('events without a stream', () => {
  const TOTAL = 60;
  let harness: SseHarness;
  let api: SseApi;

  beforeAll(async () => {
    harness = await SseHarness.create();
    api = await harness.api();
    await harness.append(TOTAL - 1);
    const created = { canonical_name: 'acme', display_name: null, stage: 'inbound', status: 'active', source: 'api' } as const;
    await harness.worker.append(makeEvent('deal.created', uuidV7(), 'DEAL-000777', 1, { deal_id: 'DEAL-000777', ...created }));
    await harness.published(TOTAL);
  });

  afterAll(async () => {
    await harness.dispose();
  });

  describe('GET /api/events/poll', () => {
    it('gives the same events in the same form as the stream', async () => {
      const { client } = await api.begin();
      const epoch = String(client.lastEventId?.split('-')[0]);
      for (const filter of ['', '&deal_id=DEAL-000002', '&types=deal.created', '&correlation_id=DEAL-000003&types=deal.*']) {
        const stream = await api.begin(`?last_event_id=${epoch}-0${filter}`);
        const polled: Event[] = [];
        for (let since = '0', position = 0; position < TOTAL;) {
          const { body } = await api.get<Poll>(`/api/events/poll?since=${since}&limit=7${filter}`);
          expect(body.next_since).toMatch(new RegExp(`^${epoch}-\\d+$`));
          expect(positionOf(body)).toBeGreaterThan(position);
          polled.push(...body.events);
          since = body.next_since;
          position = positionOf(body);
        }
        const streamed = await stream.client.waitForEvents(polled.length);
        expect(polled.length).toBeGreaterThan(0);
        expect(streamed.map(({ data }) => JSON.parse(data ?? '') as Event)).toEqual(polled);
      }
    });

    it('answers exactly the documented members, and nothing new at the end', async () => {
      const end = `${await epochOf(api)}-${String(TOTAL)}`;
      const { status, body } = await api.get(`/api/events/poll?since=${end}`);
      expect(status).toBe(200);
      expect(body).toEqual({ events: [], next_since: end, reset: null, polling_interval_ms: 5_000, degraded_mode: false });
    });

    it('begins with the newest events and the place to go on from', async () => {
      const { body } = await api.get<Poll>('/api/events/poll?limit=3');
      expect(sequences(body.events)).toEqual([58, 59, 60]);
      expect([positionOf(body), body.reset]).toEqual([TOTAL, null]);
    });

    it('goes on from a bare position, as clients of version 0.3 send it', async () => {
      const { body } = await api.get<Poll>('/api/events/poll?since=57&limit=2');
      expect([sequences(body.events), positionOf(body), body.reset]).toEqual([[58, 59], 59, null]);
    });

    it('gives a place from which a stream goes on', async () => {
      const { body } = await api.get<Poll>('/api/events/poll?since=57&limit=1');
      const { client, first } = await api.begin('', { lastEventId: body.next_since });
      await client.waitForEvents(2);
      expect([first['status'], client.positions]).toEqual(['replayed', [59, 60]]);
    });

    it.each(['5000', '9999999999999999'])('says reset for what lies beyond the end, %s, and begins like a first poll', async (since) => {
      const { body } = await api.get<Poll>(`/api/events/poll?since=${since}&limit=3`);
      expect([body.reset, sequences(body.events), positionOf(body)]).toEqual([{ reason: 'unknown_id' }, [58, 59, 60], TOTAL]);
    });

    it('says reset for a place in another log, and begins like a first poll', async () => {
      const { body } = await api.get<Poll>('/api/events/poll?since=0123456789ab-10&limit=3');
      expect([body.reset, sequences(body.events), positionOf(body)]).toEqual([{ reason: 'epoch_changed' }, [58, 59, 60], TOTAL]);
    });
  });

  describe('GET /api/events/recent', () => {
    it('lists newest first, page by page, each event once', async () => {
      const found = await pages(api, '/api/events/recent?limit=25');
      expect(found.map((page) => page.length)).toEqual([25, 25, 10]);
      expect(sequences(found.flat())).toEqual(range(1, TOTAL).toReversed());
    });

    it('filters by type, under its old name too', async () => {
      const { body: today } = await api.get<Event[]>('/api/events/recent?event_types=deal.created');
      const { body: legacy } = await api.get<Event[]>('/api/events/recent?event_types=deal_created');
      expect(today.map(({ subject }) => subject)).toEqual(['DEAL-000777']);
      expect(legacy).toEqual(today);
    });

    it('refuses the cursor of another filter', async () => {
      const { headers } = await api.get('/api/events/recent?limit=5');
      const { status } = await api.get(`/api/events/recent?limit=5&event_types=deal.*&cursor=${String(headers.get('x-next-cursor'))}`);
      expect(status).toBe(400);
    });
  });

  describe('GET /api/events/by-correlation/{id}', () => {
    it('lists oldest first, by cursor', async () => {
      const found = await pages(api, '/api/events/by-correlation/DEAL-000001?limit=8');
      expect(sequences(found.flat())).toEqual(range(1, TOTAL - 1).filter((position) => position % 3 === 1));
    });

    it('skips by offset for older clients', async () => {
      const { body } = await api.get<Event[]>('/api/events/by-correlation/DEAL-000001?limit=2&offset=3');
      expect(sequences(body)).toEqual([10, 13]);
    });

    it('is empty for a correlation that nobody used', async () => {
      expect(await api.get('/api/events/by-correlation/nobody')).toMatchObject({ status: 200, body: [] });
    });
  });

  it('counts by type', async () => {
    const before = Date.now();
    const { body } = await api.get<{ total: number; by_type: Record<string, number>; since: string }>('/api/events/stats?hours=2');
    expect(body).toMatchObject({ total: TOTAL, by_type: { 'deal.updated': TOTAL - 1, 'deal.created': 1 } });
    expect(Math.abs(before - 7_200_000 - Date.parse(body.since))).toBeLessThan(60_000);
    await harness.bed.database.query(`UPDATE zakops.events SET occurred_at = now() - interval '3 hours' WHERE type = 'deal.created'`);
    expect((await api.get('/api/events/stats?hours=2')).body).toMatchObject({ total: TOTAL - 1, by_type: { 'deal.updated': TOTAL - 1 } });
  });

  it('reads one event, and knows one that is not published yet', async () => {
    const { body: newest } = await api.get<Event[]>('/api/events/recent?limit=1');
    expect((await api.get(`/api/events/${String(newest[0]?.id)}`)).body).toEqual(newest[0]);
    const id = uuidV7();
    await harness.bed.database.query(
      `INSERT INTO zakops.events (id, type, schema_version, aggregate_type, aggregate_id, aggregate_seq, data, correlation_id, actor)
       VALUES ($1, 'deal.updated', 1, 'deal', 'DEAL-000888', 1, '{}', 'DEAL-000888', 'system:test')`,
      [id],
    );
    const { status, body } = await api.get<Event>(`/api/events/${id}`);
    expect(status).toBe(200);
    expect(body).toMatchObject({ id, subject: 'DEAL-000888' });
    expect(body.sequence).toBeUndefined();
    await harness.bed.database.query('DELETE FROM zakops.events WHERE id = $1', [id]);
  });

  it('tells the load and the limits of streams', async () => {
    const { client } = await api.begin();
    const { body } = await api.get<{ total_connections: number }>('/api/events/stream/status');
    expect(body).toMatchObject({
      max_connections: 1_000,
      heartbeat_interval_seconds: 0.3,
      replay_window_hours: 1,
      replay_max_events: 1_000,
    });
    expect(body.total_connections).toBeGreaterThanOrEqual(1);
    const { body: stats } = await api.get('/api/admin/sse/stats');
    expect(stats).toMatchObject({
      total_connections: body.total_connections,
      max_connections: 1_000,
      max_per_user: 5,
      heartbeat_interval: 0.3,
      buffered_events: 0,
      position: TOTAL,
      lag: 0,
      wake_mode: 'listen',
      epoch: client.lastEventId?.split('-')[0],
    });
    client.close();
  });

  it.each([
    ['/api/events/0199c4a2-7d1e-7c3b-9f50-3a1f6f1c2b4d', 404, 'NOT_FOUND'],
    ['/api/events/not-a-uuid', 400, 'VALIDATION_ERROR'],
    ['/api/events/poll?since=-1', 400, 'VALIDATION_ERROR'],
    ['/api/events/poll?since=abc', 400, 'VALIDATION_ERROR'],
    ['/api/events/poll?since=abc-01', 400, 'VALIDATION_ERROR'],
    ['/api/events/poll?limit=0', 400, 'VALIDATION_ERROR'],
    ['/api/events/poll?limit=101', 400, 'VALIDATION_ERROR'],
    ['/api/events/poll?deal_id=%25', 400, 'VALIDATION_ERROR'],
    ['/api/events/poll?types=deal.stagechanged', 400, 'VALIDATION_ERROR'],
    ['/api/events/recent?event_types=deal.stagechanged', 400, 'VALIDATION_ERROR'],
    ['/api/events/recent?limit=201', 400, 'VALIDATION_ERROR'],
    ['/api/events/recent?cursor=tampered', 400, 'VALIDATION_ERROR'],
    ['/api/events/recent?event_types=%27%20OR%201%3D1', 400, 'VALIDATION_ERROR'],
    ['/api/events/by-correlation/a%20b', 400, 'VALIDATION_ERROR'],
    ['/api/events/by-correlation/x?limit=501', 400, 'VALIDATION_ERROR'],
    ['/api/events/by-correlation/x?offset=-1', 400, 'VALIDATION_ERROR'],
    ['/api/events/stats?hours=0', 400, 'VALIDATION_ERROR'],
    ['/api/events/stats?hours=169', 400, 'VALIDATION_ERROR'],
  ])('answers %s with %d %s', async (path, status, code) => {
    expect(await api.get(path)).toMatchObject({ status, body: { status, code } });
  });
});
