import { createTestDatabase, spawnApi, SseClient } from '#zakops/testing';
import type { TestDatabase } from '#zakops/testing';
import { runCli } from './run-cli.js';

const OPERATOR = '01a20766-1903-7000-b53a-f1a67f726fc3';

let database: TestDatabase;
beforeEach(async () => {
  database = await createTestDatabase();
  await database.query(
    `INSERT INTO zakops.operators (id, email, name, role, status) VALUES ($1, 'ann@example.com', 'Ann', 'admin', 'active')`,
    [OPERATOR],
  );
  // Two that count and one that is over.
  await database.query(
    `INSERT INTO zakops.sessions (id, token_hash, operator_id, idle_expires_at, expires_at)
     SELECT gen_random_uuid(), sha256(n::text::bytea), $1, now() + n * interval '1 hour', now() + interval '1 day'
       FROM unnest('{-1,1,2}'::int[]) n`,
    [OPERATOR],
  );
});
afterEach(() => database.drop());

const epoch = async (): Promise<string> => {
  const [row] = await database.query<{ epoch: string }>('SELECT epoch FROM zakops.event_log_head');
  return row?.epoch ?? '';
};

// With the run-time role, as in a container of the API.
describe('zakops restored', () => {
  it('names the log anew, ends the sessions that count, and says so to the audit log', async () => {
    const before = await epoch();
    const { code, out, error } = await runCli(database.url, ['restored', '--reason', 'a test', '--as', 'Ann Example']);
    const after = await epoch();
    expect({ code, error }).toEqual({ code: 0, error: '' });
    expect(out).toBe(`the event log ends at position 0; its epoch was ${before} and is ${after} now\n2 sessions were ended\n`);
    expect(after).not.toBe(before);
    expect(await database.query(`SELECT ended_by, end_reason FROM zakops.sessions WHERE ended_at IS NOT NULL`)).toEqual([
      { ended_by: 'system:cli', end_reason: 'restored' },
      { ended_by: 'system:cli', end_reason: 'restored' },
    ]);
    expect(await database.query('SELECT actor_type, action, before, after, details FROM zakops.audit_log')).toEqual([
      {
        actor_type: 'system',
        action: 'database.restored',
        before: { epoch: before },
        after: { epoch: after },
        details: { position: 0, sessions_ended: 2, reason: 'a test', typed_by: 'Ann Example' },
      },
    ]);
  });

  it('keeps the sessions when it is told to, and does no harm twice', async () => {
    for (let time = 1; time <= 2; time += 1) {
      const before = await epoch();
      const { out } = await runCli(database.url, ['restored', '--keep-sessions']);
      expect(out).toMatch(/no session was ended\n$/);
      expect(await epoch()).not.toBe(before);
    }
    expect(await database.query('SELECT FROM zakops.sessions WHERE ended_at IS NOT NULL')).toEqual([]);
  });

  it('reaches the streams of an API that runs: each starts over', async () => {
    const api = await spawnApi(database.url, { SSE_HEARTBEAT_INTERVAL: '0.3' });
    const stream = await SseClient.open(`${api.url}/api/events/stream`);
    try {
      await stream.waitForFrame('live');
      await runCli(database.url, ['restored']);
      expect(JSON.parse((await stream.waitForFrame('reset')).data ?? '{}')).toMatchObject({ reason: 'epoch_changed' });
    } finally {
      stream.close();
      await api.stop();
    }
  });
});
