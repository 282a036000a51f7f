import { waitFor } from '#zakops/testing';
import { range, SseHarness } from './sse-harness.js';

describe('GET /api/events/stream', () => {
  let harness: SseHarness;

  beforeEach(async () => {
    harness = await SseHarness.create();
  });

  afterEach(async () => {
    await harness.dispose();
  });

  it('begins live with its place, and delivers every event as CloudEvents JSON in the order of the log', async () => {
    const api = await harness.api();
    const { client, first } = await api.begin();
    expect(first).toEqual({ status: 'live', position: 0, head: 0 });
    expect(client.frames[0]).toMatchObject({ retry: '3000', event: 'live' });
    expect(client.headers).toMatchObject({
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store, no-transform',
      'x-accel-buffering': 'no',
      'last-event-id': client.frames[0]?.id,
    });
    expect(client.headers['content-encoding']).toBeUndefined();
    expect(client.headers['transfer-encoding']).toBeUndefined();

    await harness.append(30);
    const events = await client.waitForEvents(30);
    expect(client.positions).toEqual(range(1, 30));
    const epoch = client.frames[0]?.id?.split('-')[0];
    expect(events.map(({ id }) => id)).toEqual(range(1, 30).map((position) => `${String(epoch)}-${String(position)}`));
    expect(events[0]?.event).toBe('deal.updated');
    const [stored] = await harness.bed.database.query<{ id: string; occurred_at: Date; data: unknown }>(
      'SELECT id, occurred_at, data FROM zakops.events e JOIN zakops.event_log l ON l.event_id = e.id WHERE position = 1',
    );
    expect(JSON.parse(events[0]?.data ?? '')).toEqual({
      specversion: '1.0',
      id: stored?.id,
      source: '/zakops/deals',
      type: 'deal.updated',
      subject: 'DEAL-000001',
      time: stored?.occurred_at.toISOString(),
      datacontenttype: 'application/json',
      sequence: '1',
      correlationid: 'DEAL-000001',
      schemaversion: 1,
      actor: 'system:zakops',
      data: stored?.data,
    });
  });

  it('brings what was committed through one API to a stream of another', async () => {
    const [here, there] = [await harness.api(), await harness.api()];
    const { client: a } = await here.begin();
    const { client: b } = await there.begin('?deal_id=DEAL-000002');
    await harness.append(9);
    await a.waitForEvents(9);
    await b.waitForEvents(3);
    expect(a.positions).toEqual(range(1, 9));
    expect(b.positions).toEqual([2, 5, 8]);
  });

  it('filters by deal, correlation and type, several at once', async () => {
    const api = await harness.api();
    const streams = {
      deal: await api.begin('?deal_id=DEAL-000002'),
      correlation: await api.begin('?correlation_id=DEAL-000003'),
      family: await api.begin('?types=deal.*'),
      otherType: await api.begin('?types=deal.created,deal.stage_changed'),
      legacyName: await api.begin('?types=deal_updated'),
      agreeing: await api.begin('?deal_id=DEAL-000001&correlation_id=DEAL-000001&types=deal.updated'),
      contradicting: await api.begin('?deal_id=DEAL-000001&correlation_id=DEAL-000002'),
    };
    await harness.append(12);
    await streams.family.client.waitForEvents(12);
    await streams.agreeing.client.waitForEvents(4);
    expect(streams.deal.client.positions).toEqual([2, 5, 8, 11]);
    expect(streams.correlation.client.positions).toEqual([3, 6, 9, 12]);
    expect(streams.legacyName.client.positions).toEqual(range(1, 12));
    expect(streams.agreeing.client.positions).toEqual([1, 4, 7, 10]);
    expect(streams.otherType.client.events).toEqual([]);
    expect(streams.contradicting.client.events).toEqual([]);
  });

  it('writes heartbeats as comments without an id', async () => {
    const api = await harness.api({ SSE_HEARTBEAT_INTERVAL: '0.1' });
    const { client } = await api.begin();
    const before = client.lastEventId;
    await waitFor('three heartbeats', () => client.comments.length >= 3);
    const beats = client.frames.filter(({ comment }) => comment !== undefined);
    expect(beats.slice(0, 3)).toEqual(Array.from({ length: 3 }, () => ({ comment: 'heartbeat' })));
    expect(client.lastEventId).toBe(before);
    expect(client.frames.filter(({ comment, data }) => comment === undefined && data === undefined)).toEqual([]);
  });

  it('moves the place of a stream whose filter lets nothing through, so that it can resume', async () => {
    const api = await harness.api({ SSE_REPLAY_MAX_EVENTS: '40', SSE_HEARTBEAT_INTERVAL: '300' });
    const { client } = await api.begin('?deal_id=DEAL-000999');
    await harness.append(100, 1);
    await harness.published(100);
    await waitFor('the place to come within what may be replayed', () => Number(client.lastEventId?.split('-')[1]) >= 60);
    const all = await api.begin('', { lastEventId: client.lastEventId });
    expect(client.events).toEqual([]);
    expect(all.first['status']).toBe('replayed');
    const marks = client.frames.filter(({ event }) => event === 'mark');
    expect(marks.map(({ id }) => id?.split('-')[1])).toEqual(marks.map(({ data }) => /^\{"position":(\d+)\}$/.exec(data ?? '')?.[1]));
    expect(client.frames.filter(({ comment, data }) => comment === undefined && data === undefined)).toEqual([]);
  });

  it('answers HEAD with the headers of GET, without opening a stream', async () => {
    const api = await harness.api();
    const response = await fetch(`${api.url}/api/events/stream`, { method: 'HEAD' });
    expect(response.status).toBe(200);
    expect((await api.stats()).total_connections).toBe(0);
    const { client } = await api.begin();
    const names = ['content-type', 'cache-control', 'x-accel-buffering', 'vary', 'etag'];
    expect(names.map((name) => response.headers.get(name) ?? undefined)).toEqual(names.map((name) => client.headers[name]));
    expect(client.headers['etag']).toBeUndefined();
  });

  it.each([
    ['?deal_id=DEAL-1', 'deal_id'],
    ['?correlation_id=a%20b', 'correlation_id'],
    ['?types=deal', 'types'],
    ['?types=deal.stagechanged', 'types'],
    ['?types=deal.*,nobody.*', 'types'],
    ['?types=deal.*,DROP%20TABLE', 'types'],
    ['?types=', 'types'],
    ['?last_event_id=a%00b', 'last_event_id'],
    ['?deal=DEAL-000001', 'deal'],
  ])('refuses %s', async (query, pointer) => {
    const api = await harness.api();
    const { status, body } = await api.get<{ code: string; errors: { pointer: string }[] }>(`/api/events/stream${query}`);
    expect(status).toBe(400);
    expect(body.code).toBe('VALIDATION_ERROR');
    expect(body.errors[0]?.pointer).toBe(pointer);
  });
});
