import { createTestDatabase, spawnApi } from '#zakops/testing';
import type { SpawnedApi, TestDatabase } from '#zakops/testing';
import { runCli, runCliJson } from './run-cli.js';
import type { CliEnd } from './run-cli.js';
import { runOnTerminal } from './run-on-terminal.js';

interface Pause {
  readonly id: string;
  readonly ends_at: string;
  readonly [field: string]: unknown;
}

describe('zakops outbox pause, resume, change-pause and pauses', () => {
  let database: TestDatabase;
  let api: SpawnedApi;

  beforeAll(async () => {
    database = await createTestDatabase();
    await database.query(`INSERT INTO zakops.consumer_progress (consumer, state, pattern) VALUES ('mailer', 'active', '^deal')`);
    api = await spawnApi(database.url);
  });
  afterAll(async () => {
    await api.stop();
    await database.drop();
  });

  const run = (...args: readonly string[]): Promise<CliEnd> => runCli(database.url, ['outbox', ...args]);
  const rest = async (): Promise<unknown> => (await fetch(`${api.url}/api/admin/outbox/pauses`)).json();

  it('answer what the API answers, and say in the audit log who it was', async () => {
    const { code, ...begun } = await runCliJson<Pause>(database.url, [
      'outbox',
      'pause',
      '--consumer',
      'mailer',
      '--minutes',
      '5',
      '--reason',
      'a repair',
    ]);
    expect([code, begun]).toMatchObject([0, { scope: 'consumer', consumer: 'mailer', paused_by: 'system:cli', in_force: true }]);
    const { code: listed, ...list } = await runCliJson<object>(database.url, ['outbox', 'pauses']);
    expect([listed, list]).toEqual([0, await rest()]);
    expect(list).toMatchObject({ pauses: [{ ...begun, held_tickets: 0 }] });

    const { screen, ended } = runOnTerminal(database.url, ['outbox', 'stats']);
    expect(await ended).toBe(0);
    expect(screen()).toContain(`paused by ${begun.id} until ${begun.ends_at}: a repair`);

    const { code: changed, ...longer } = await runCliJson<Pause>(database.url, ['outbox', 'change-pause', begun.id, '--minutes', '60']);
    expect(changed).toBe(0);
    expect(new Date(longer.ends_at).getTime()).toBeGreaterThan(new Date(begun.ends_at).getTime());
    const { code: resumed, ...over } = await runCliJson<Pause>(database.url, ['outbox', 'resume', '--consumer', 'mailer']);
    expect([resumed, over]).toMatchObject([0, { id: begun.id, in_force: false, resumed_by: 'system:cli' }]);
    expect(await database.query(`SELECT actor_id, action FROM zakops.audit_log WHERE resource_id = $1 ORDER BY id`, [begun.id])).toEqual([
      { actor_id: 'cli', action: 'deliveries.paused' },
      { actor_id: 'cli', action: 'deliveries.pause_changed' },
      { actor_id: 'cli', action: 'deliveries.resumed' },
    ]);
  }, 60_000);

  it('refuse what the API refuses, in one sentence', async () => {
    expect(await run('pause', '--reason', 'x')).toMatchObject({
      code: 1,
      error: 'Give exactly one of --all, --consumer, --type and --aggregate.\n',
    });
    expect(await run('pause', '--consumer', 'no-such', '--reason', 'x')).toMatchObject({
      code: 1,
      error: 'There is no consumer no-such.\n',
    });
    expect(await run('resume', '--all')).toMatchObject({ code: 1, error: 'There is no pause of all deliveries.\n' });
  }, 60_000);
});
