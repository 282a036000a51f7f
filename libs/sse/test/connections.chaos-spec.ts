import { waitFor } from '#zakops/testing';
import type { SseClient } from '#zakops/testing';
import { SseHarness } from './sse-harness.js';
import type { SseApi } from './sse-harness.js';

interface Stream {
  readonly id: string;
  readonly process_id: string;
  readonly operator: string;
  readonly since: string;
  readonly filter: object;
  readonly resume: string;
  readonly sent_frames: number;
  readonly seen_at: string;
}

describe('/api/admin/sse/connections', () => {
  let harness: SseHarness;
  let one: SseApi;
  let other: SseApi;

  beforeAll(async () => {
    harness = await SseHarness.create();
    [one, other] = [await harness.api(), await harness.api()];
  });

  afterAll(async () => {
    await harness.dispose();
  });

  /** Those of both processes, once both are seen. */
  async function streams(from: SseApi, count: number): Promise<readonly Stream[]> {
    let found: readonly Stream[] = [];
    await waitFor(`${String(count)} streams`, async () => {
      found = await streamsSeenBy(from);
      return found.length === count;
    });
    return found;
  }

  async function streamsSeenBy(api: SseApi): Promise<readonly Stream[]> {
    return (await api.get<Stream[]>('/api/admin/sse/connections')).body;
  }

  async function isEmpty(api: SseApi): Promise<void> {
    await waitFor('its streams to end', async () => (await api.stats()).total_connections === 0);
  }

  async function call(from: SseApi, method: string, path: string, body?: object): Promise<{ status: number; body: unknown }> {
    const response = await fetch(`${from.url}/api/admin/sse/connections${path}`, {
      method,
      ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
    });
    return { status: response.status, body: await response.json() };
  }

  const audited = (action: string): Promise<unknown[]> =>
    harness.bed.database.query(`SELECT details ->> 'reason' AS reason FROM zakops.audit_log WHERE action = $1`, [action]);

  it('lists those of all processes newest first, page by page, with filter, resume verdict and what was sent', async () => {
    const { client: first } = await one.begin('?types=deal.*');
    const { client: second } = await other.begin('', { lastEventId: 'nowhere' });
    await harness.append(3);
    await Promise.all([first.waitForEvents(3), second.waitForEvents(3)]);
    const found = await streams(one, 2);
    expect(new Set(found.map(({ process_id: id }) => id)).size).toBe(2);
    await waitFor('the heartbeat with the events', async () => (await streams(one, 2)).every(({ sent_frames: sent }) => sent === 3));
    expect(await streams(one, 2)).toMatchObject([
      { operator: 'dev@zakops.local', filter: { types: [], correlation_id: null, aggregate_id: null }, resume: 'reset: unknown_id' },
      { operator: 'dev@zakops.local', filter: { types: ['deal.*'] }, resume: 'live' },
    ]);
    const page = await one.get<Stream[]>('/api/admin/sse/connections?limit=1');
    const rest = await one.get<Stream[]>(`/api/admin/sse/connections?limit=1&cursor=${page.headers.get('x-next-cursor') ?? ''}`);
    expect([...page.body, ...rest.body].map(({ id }) => id)).toEqual(found.map(({ id }) => id));
    expect(rest.headers.get('x-next-cursor')).toBeNull();
    first.close();
    second.close();
    await Promise.all([one, other].map(isEmpty));
  });

  it('ends one of another process, whose client resumes without a loss', async () => {
    const { client } = await other.begin();
    const [stream] = await streamsSeenBy(other);
    await waitFor('the heartbeat of the other process', async () => (await streamsSeenBy(one)).some(({ id }) => id === stream?.id));
    expect(await call(one, 'DELETE', `/${stream?.id ?? ''}?reason=a+shared+screen`)).toEqual({
      status: 202,
      body: { status: 'ending', id: stream?.id },
    });
    await client.waitForEnd();
    expect(client.frames.at(-1)).toMatchObject({ event: 'bye', data: expect.stringContaining('"reason":"ended"') });
    expect((await other.stats()).closed_by_cause['ended']).toBe(1);
    expect(await audited('stream.ended')).toEqual([{ reason: 'a shared screen' }]);
    expect((await call(other, 'DELETE', `/${stream?.id ?? ''}`)).status).toBe(404);
  });

  it('sheds the oldest of each process, in proportion to what it holds', async () => {
    const ofOne: SseClient[] = [];
    for (let n = 0; n < 4; n += 1) ofOne.push((await one.begin()).client);
    const ofOther = [(await other.begin()).client, (await other.begin()).client];
    await waitFor('the heartbeat of the other process', async () => (await streamsSeenBy(other)).length === 6);
    const answer = await call(other, 'POST', '/shed', { count: 3, reason: 'too many' });
    expect(answer).toMatchObject({ status: 202, body: { status: 'ending', count: 3 } });
    for (const client of [...ofOne.slice(0, 2), ...ofOther.slice(0, 1)]) await client.waitForEnd();
    await harness.append(1);
    await Promise.all([...ofOne.slice(2), ...ofOther.slice(1)].map((client) => client.waitForEvents(1)));
    expect(await audited('stream.shed')).toEqual([{ reason: 'too many' }]);
  });
});
