import { UnitOfWork } from '#zakops/database';
import { uuidV7 } from '#zakops/kernel';
import { LogEpoch } from '#zakops/outbox';
import { spawnApi, SpawnedApps, spawnWorker, SseClient, waitFor } from '#zakops/testing';
import type { SpawnedApi } from '#zakops/testing';
import { OutboxTestbed } from '../../outbox/test/outbox-testbed.js';
import { range, SseHarness } from './sse-harness.js';
import type { SseApi } from './sse-harness.js';

/** What `zakops restored` does to the log. Returns its new name. */
async function renew({ worker }: SseHarness): Promise<string> {
  const renamed = await worker.get(UnitOfWork).run((tx) => worker.get(LogEpoch).renew(tx));
  return renamed.after;
}

interface Poll {
  readonly events: readonly { readonly sequence: string }[];
  readonly next_since: string;
  readonly reset: { readonly reason: string } | null;
}

async function poll(api: SseApi, query = ''): Promise<Poll> {
  return (await api.get<Poll>(`/api/events/poll${query}`)).body;
}

describe('resuming a stream', () => {
  let harness: SseHarness;

  beforeEach(async () => {
    harness = await SseHarness.create();
  });

  afterEach(async () => {
    await harness.dispose();
  });

  it('gives every event once, in order, however often the connection is cut, while events go on', async () => {
    const CUTS = 100;
    const EVENTS = 700;
    const api = await harness.api();
    const seen: number[] = [];
    let lastEventId = (await api.begin()).client.lastEventId;
    // One by one, so that the reader is at the end of the log most of the time: there it goes from replay to live.
    const writing = harness.append(EVENTS, 7);
    let cuts = 0;
    while (seen.length < EVENTS) {
      const client = await api.stream('', { lastEventId });
      expect(client.headers['last-event-id']).toBe(lastEventId);
      // The client dies having worked off so many of the events it got, a different number each time; at last it lives on.
      const wanted = cuts < CUTS ? Math.min((cuts * 7) % 13, EVENTS - seen.length) : EVENTS - seen.length;
      const worked = (await client.waitForEvents(wanted)).slice(0, wanted);
      client.close();
      await waitFor('the cut', () => client.isEnded);
      seen.push(...client.positions.slice(0, wanted));
      lastEventId = worked.at(-1)?.id ?? lastEventId;
      cuts += 1;
    }
    await writing;
    expect(cuts).toBe(CUTS + 1);
    expect(seen).toEqual(range(1, EVENTS));
  });

  it('goes on across a restart of the API, with what happened while it was down', async () => {
    const first = await harness.api();
    const { client: before } = await first.begin('?types=deal.*');
    await harness.append(20);
    await before.waitForEvents(20);
    await first.close();
    await before.waitForEnd();
    await harness.append(15);
    await harness.published(35);

    const second = await harness.api({}, first.port);
    const { client: after, first: frame } = await second.begin('?types=deal.*', { lastEventId: before.lastEventId });
    await harness.append(5);
    await after.waitForEvents(20);
    expect(frame).toEqual({ status: 'replayed', position: 20, head: 35 });
    expect([...before.positions, ...after.positions]).toEqual(range(1, 40));
  });

  it('goes on at another replica, and takes the id from the query where a header cannot be set; the header wins', async () => {
    const [here, there] = [await harness.api(), await harness.api()];
    const { client } = await here.begin();
    await harness.append(10);
    await client.waitForEvents(10);
    const ids = client.events.map(({ id }) => String(id));
    const byQuery = await there.begin(`?last_event_id=${String(ids[3])}`);
    const byBoth = await there.begin(`?last_event_id=${String(ids[3])}`, { lastEventId: ids[7] });
    expect(byQuery.first).toMatchObject({ status: 'replayed', position: 4 });
    expect(byBoth.client.headers['last-event-id']).toBe(ids[7]);
    await byQuery.client.waitForEvents(6);
    await byBoth.client.waitForEvents(2);
    expect(byQuery.client.positions).toEqual(range(5, 10));
    expect(byBoth.client.positions).toEqual([9, 10]);
  });

  it('resumes from the UUID of an event', async () => {
    const api = await harness.api();
    await harness.append(5);
    await harness.published(5);
    const [row] = await harness.bed.database.query<{ event_id: string }>('SELECT event_id FROM zakops.event_log WHERE position = 2');
    const { client, first } = await api.begin('', { lastEventId: row?.event_id });
    expect(first).toMatchObject({ status: 'replayed', position: 2 });
    await client.waitForEvents(3);
    expect(client.positions).toEqual([3, 4, 5]);
  });

  it('says too_old to a stream that resumes before the first event that retention has left', async () => {
    const api = await harness.api();
    const { client } = await api.begin();
    await harness.append(10);
    await client.waitForEvents(10);
    await harness.bed.database.query(`UPDATE zakops.event_log SET published_at = now() - interval '2 days' WHERE position <= 5`);
    await harness.bed.database.query(`SELECT zakops.purge_events(interval '1 day', 5000)`);
    const idOf = (position: number): string => String(client.events[position - 1]?.id);
    expect((await api.begin('', { lastEventId: idOf(4) })).first).toMatchObject({ status: 'reset', reason: 'too_old' });
    const { client: resumed, first } = await api.begin('', { lastEventId: idOf(5) });
    expect(first).toMatchObject({ status: 'replayed', position: 5 });
    await resumed.waitForEvents(5);
    expect(resumed.positions).toEqual(range(6, 10));
  });

  it('replays only what the filter lets through, and takes a place that is nobody’s event', async () => {
    const api = await harness.api();
    const { client } = await api.begin();
    await harness.append(300);
    await client.waitForEvents(300);
    const resumed = await api.begin('?deal_id=DEAL-000002', { lastEventId: client.events[0]?.id });
    await resumed.client.waitForEvents(100);
    expect(resumed.client.positions).toEqual(range(1, 300).filter((position) => position % 3 === 2));
    // The last event of the log was not its own, yet nothing has to be replayed from it again.
    await waitFor('the place to be told', () => resumed.client.lastEventId === client.lastEventId);
  });

  it('neither repeats nor skips for a client that comes from a replica that is ahead', async () => {
    const [ahead, behind] = [await harness.api(), await harness.api({ OUTBOX_WAKE: 'poll', OUTBOX_POLL_INTERVAL: '2' })];
    await behind.begin();
    const { client } = await ahead.begin();
    await harness.append(3);
    await client.waitForEvents(3);
    const moved = await behind.begin('', { lastEventId: client.lastEventId });
    // Otherwise the replica was not behind, and this shows nothing.
    expect((await behind.stats()).position).toBe(0);
    expect(moved.first).toEqual({ status: 'replayed', position: 3, head: 3 });
    await harness.append(2);
    await moved.client.waitForEvents(2);
    expect(moved.client.positions).toEqual([4, 5]);
  });

  it.each([
    ['text that is no id', 'hello'],
    ['a place beyond the end', 'EPOCH-999999'],
    ['a number too large for a place', 'EPOCH-99999999999999999999'],
    ['the UUID of no event', uuidV7()],
  ])('resets with unknown_id for %s, and goes on live from a place that works', async (_name, given) => {
    const api = await harness.api();
    const { client: probe } = await api.begin();
    await harness.append(4);
    await probe.waitForEvents(4);
    const epoch = String(probe.lastEventId?.split('-')[0]);
    const { client, first } = await api.begin('', { lastEventId: given.replace('EPOCH', epoch) });
    expect(first).toEqual({ status: 'reset', reason: 'unknown_id', position: 4, head: 4 });
    expect(client.headers['last-event-id']).toBe(`${epoch}-4`);
    expect(client.lastEventId).toBe(`${epoch}-4`);
    await harness.append(1);
    await client.waitForEvents(1);
    expect(client.positions).toEqual([5]);
  });

  it('resets with too_old when more was missed than may be replayed, and not one event earlier', async () => {
    const api = await harness.api({ SSE_REPLAY_MAX_EVENTS: '50' });
    const { client } = await api.begin();
    const origin = client.lastEventId;
    await harness.appendAtOnce(51);
    await client.waitForEvents(51);
    const late = await api.begin('', { lastEventId: origin });
    expect(late.first).toEqual({ status: 'reset', reason: 'too_old', position: 51, head: 51 });
    const justInTime = await api.begin('', { lastEventId: client.events[0]?.id });
    expect(justInTime.first).toMatchObject({ status: 'replayed', position: 1 });
    await justInTime.client.waitForEvents(50);
  });

  it('resets with too_old when the first missed event is older than the window, but not when nothing was missed', async () => {
    const api = await harness.api();
    const { client } = await api.begin();
    await harness.append(3);
    await client.waitForEvents(3);
    await harness.bed.database.query(`UPDATE zakops.event_log SET published_at = now() - interval '61 minutes'`);
    expect((await api.begin('', { lastEventId: client.events[1]?.id })).first).toMatchObject({ status: 'reset', reason: 'too_old' });
    expect((await api.begin('', { lastEventId: client.lastEventId })).first).toMatchObject({ status: 'replayed', position: 3 });
  });

  it('resets with too_old in the middle of a replay when a part of the log is gone, and goes on from the end', async () => {
    const api = await harness.api();
    const { client } = await api.begin();
    await harness.append(150);
    await client.waitForEvents(150);
    await harness.bed.database.query('DELETE FROM zakops.event_log WHERE position = 120');
    const { client: again } = await api.begin('', { lastEventId: client.events[0]?.id });
    const reset = await again.waitForFrame('reset');
    expect(reset).toMatchObject({ id: client.lastEventId, data: '{"status":"reset","reason":"too_old","position":150}' });
    await harness.append(2);
    await again.waitForEvents(102);
    expect(again.positions).toEqual([...range(2, 101), 151, 152]);
  });

  it('resets with epoch_changed for a place in another log', async () => {
    const api = await harness.api();
    await harness.append(2);
    const { first } = await api.begin('', { lastEventId: '0123456789ab-1' });
    expect(first).toMatchObject({ status: 'reset', reason: 'epoch_changed' });
  });

  it('ends streams with epoch_changed long before the next heartbeat', async () => {
    const api = await harness.api({ SSE_HEARTBEAT_INTERVAL: '300' });
    const { client } = await api.begin();
    await harness.append(3);
    await client.waitForEvents(3);
    await renew(harness);
    await client.waitForEnd();
    expect(client.frames.at(-1)).toMatchObject({ event: 'reset', data: '{"status":"reset","reason":"epoch_changed"}' });
  });

  it('tells pollers of another log, also when it has come further than they were', async () => {
    const api = await harness.api();
    await harness.append(5);
    await harness.published(5);
    const before = await poll(api);
    expect([before.next_since, before.reset]).toEqual([expect.stringMatching(/^[0-9a-f]{12}-5$/), null]);
    const epoch = await renew(harness);
    await harness.append(3);
    await harness.published(8);
    const after = await poll(api, `?limit=2&since=${before.next_since}`);
    expect([after.reset, after.events.map(({ sequence }) => sequence)]).toEqual([{ reason: 'epoch_changed' }, ['7', '8']]);
    expect(after.next_since).toBe(`${epoch}-8`);
    await harness.append(1);
    await harness.published(9);
    const next = await poll(api, `?since=${after.next_since}`);
    expect([next.reset, next.events.map(({ sequence }) => sequence)]).toEqual([null, ['9']]);
  });

  it('tells pollers when what they missed is gone', async () => {
    const api = await harness.api();
    await harness.append(5);
    await harness.published(5);
    await harness.bed.database.query('DELETE FROM zakops.event_log WHERE position <= 3');
    for (const since of [0, 2]) {
      const { reset, events } = await poll(api, `?since=${String(since)}`);
      expect([reset, events.map(({ sequence }) => sequence)]).toEqual([{ reason: 'too_old' }, ['4', '5']]);
    }
    expect(await poll(api, '?since=3')).toMatchObject({ reset: null, events: [{ sequence: '4' }, { sequence: '5' }] });
  });

  it.each(['/api/events/recent?limit=2', '/api/events/by-correlation/DEAL-000001?limit=1'])(
    'refuses the cursor of %s in another log, as every cursor that does not fit',
    async (path) => {
      const api = await harness.api();
      await harness.append(6);
      await harness.published(6);
      const cursor = String((await api.get(path)).headers.get('x-next-cursor'));
      expect((await api.get(`${path}&cursor=${cursor}`)).status).toBe(200);
      await renew(harness);
      expect(await api.get(`${path}&cursor=${cursor}`)).toMatchObject({
        status: 400,
        body: { code: 'VALIDATION_ERROR', errors: [{ pointer: 'cursor', code: 'INVALID_CURSOR' }] },
      });
      expect((await api.get(path)).status).toBe(200);
    },
  );

  it('ends all streams with epoch_changed when the log is replaced under it, and follows the new one', async () => {
    const api = await harness.api();
    const { client } = await api.begin();
    await harness.append(6);
    await client.waitForEvents(6);
    await harness.bed.database.query(
      `WITH wiped AS (DELETE FROM zakops.event_log) UPDATE zakops.event_log_head SET position = 0, epoch = 'fedcba987654'`,
    );
    await client.waitForEnd();
    expect(client.frames.at(-1)).toMatchObject({ event: 'reset', data: '{"status":"reset","reason":"epoch_changed"}', id: undefined });
    const { client: again, first } = await api.begin('', { lastEventId: client.lastEventId });
    expect(first).toEqual({ status: 'reset', reason: 'epoch_changed', position: 0, head: 0 });
    await harness.append(2);
    await again.waitForEvents(2);
    expect(again.events.map(({ id }) => id)).toEqual(['fedcba987654-1', 'fedcba987654-2']);
  });

  it('loses and repeats nothing when everything starts together on a waiting backlog', async () => {
    const api = await harness.api();
    const origin = (await api.begin()).client.lastEventId;
    await harness.worker.close();
    const writer = await harness.bed.start({ relay: false });
    for (let n = 0; n < 40; n += 1) await writer.append(...range(1, 10).map(() => harness.bed.event((n % 5) + 1)));
    const relay = harness.bed.start({ relay: true, env: { OUTBOX_BATCH_SIZE: '7' } });
    const streams = await Promise.all(range(1, 30).map(() => api.stream('', { lastEventId: origin })));
    await relay;
    await Promise.all(streams.map((stream) => stream.waitForEvents(400)));
    for (const stream of streams) expect(stream.positions).toEqual(range(1, 400));
  });
});

describe('streams of real processes', () => {
  const apps = new SpawnedApps();
  const { started } = apps;
  let bed: OutboxTestbed;

  beforeEach(async () => {
    bed = await OutboxTestbed.create();
  });

  afterEach(async () => {
    await apps.kill();
    await bed.dispose();
  });

  it('bring a change made through one API to a stream on another, and go on after the other was killed', async () => {
    const env = { OUTBOX_POLL_INTERVAL: '0.2' };
    await started(spawnWorker(bed.database.url, env));
    const writing = await started(spawnApi(bed.database.url, env));
    const reading = await started(spawnApi(bed.database.url, env));
    const createDeals = async (count: number): Promise<void> => {
      for (let n = 0; n < count; n += 1) {
        const response = await fetch(`${writing.url}/api/deals`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ canonical_name: `acme-${String(n)}` }),
        });
        expect(response.status).toBe(201);
      }
    };
    const stream = (api: SpawnedApi, lastEventId?: string): Promise<SseClient> =>
      SseClient.open(`${api.url}/api/events/stream?types=deal.created`, { lastEventId });
    const before = await stream(reading);
    await createDeals(5);
    await before.waitForEvents(5);
    await reading.stop('SIGKILL');
    await before.waitForEnd();
    await createDeals(5);
    const restarted = await started(spawnApi(bed.database.url, env));
    const after = await stream(restarted, before.lastEventId);
    await createDeals(2);
    await after.waitForEvents(7);
    expect([...before.positions, ...after.positions]).toEqual(range(1, 12));
    expect(await after.waitForFrame('replayed')).toMatchObject({ data: '{"status":"replayed","position":5,"head":10}' });

    const stopping = restarted.stop('SIGTERM');
    await after.waitForFrame('bye');
    expect(await stopping).toEqual({ code: 0, signal: null });
  });
});
