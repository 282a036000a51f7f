import { createTestDatabase, SseClient, startApi, TcpProxy, waitFor } from '#zakops/testing';
import type { StartedApi, TestDatabase } from '#zakops/testing';

interface Snapshot {
  readonly verdict: { readonly state: string };
  readonly outbox: object | null;
  readonly database: { readonly state: string };
}

describe('operations while the database is away', () => {
  let database: TestDatabase;
  let proxy: TcpProxy;
  let api: StartedApi;
  let client: SseClient;

  beforeAll(async () => {
    database = await createTestDatabase();
    proxy = await TcpProxy.before(database.url);
    api = await startApi(proxy.url, { env: { SSE_HEARTBEAT_INTERVAL: '0.2', AUTH_REQUIRED: 'false' } });
    client = await SseClient.open(`${api.url}/api/admin/ops/stream`);
  });

  afterAll(async () => {
    client.close();
    await api.app.close();
    await proxy.close();
    await database.drop();
  });

  const last = (): Snapshot | undefined => {
    const frame = client.frames.findLast(({ event }) => event === 'snapshot');
    return frame === undefined ? undefined : (JSON.parse(frame.data ?? '') as Snapshot);
  };

  it.each([
    [
      'refuses',
      () => {
        proxy.refuse();
      },
    ],
    [
      'hangs',
      () => {
        proxy.pause();
      },
    ],
  ])(
    'are answered and streamed on when it %s, and come back by themselves',
    async (_how, takeAway) => {
      await waitFor('a snapshot with the database', () => last()?.database.state === 'up', 30_000);
      takeAway();
      try {
        await waitFor('a snapshot without it', () => last()?.database.state === 'down', 20_000);
        expect(last()).toMatchObject({ verdict: { state: 'down' }, outbox: null });
        const answer = await fetch(`${api.url}/api/admin/ops/snapshot`);
        expect([answer.status, ((await answer.json()) as Snapshot).database.state]).toEqual([200, 'down']);
        const heartbeats = client.comments.length;
        await waitFor('another heartbeat', () => client.comments.length > heartbeats);
      } finally {
        proxy.resume();
      }
      await waitFor('the database again', () => last()?.database.state === 'up', 60_000);
      expect(client.isEnded).toBe(false);
    },
    120_000,
  );
});
