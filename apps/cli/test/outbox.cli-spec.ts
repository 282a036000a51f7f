import { createTestDatabase, spawnApi, spawnApp, waitFor } from '#zakops/testing';
import { writeDeadLetters } from './dead-letters.builder.js';
import { runCli, runCliJson } from './run-cli.js';
import type { CliEnd } from './run-cli.js';
import { runOnTerminal } from './run-on-terminal.js';

describe('zakops outbox stats', () => {
  it('answers what the API answers, and draws it on a terminal', async () => {
    const database = await createTestDatabase();
    const api = await spawnApi(database.url);
    try {
      await writeDeadLetters(database, { count: 3 });
      const rest = (await (await fetch(`${api.url}/api/admin/outbox/stats`)).json()) as { rates: object };
      const { code, ...stats } = await runCliJson<typeof rest>(database.url, ['outbox', 'stats']);
      // The rate at which events come in is known to those only who have watched for a while.
      expect([code, stats]).toEqual([0, { ...rest, rates: { ...rest.rates, in_per_second: null } }]);

      const { screen, ended } = runOnTerminal(database.url, ['outbox', 'stats']);
      expect(await ended).toBe(0);
      expect(screen()).toMatch(/^No worker is active: 0 tickets waiting\. 3 dead letters of mailer wait for an operator\.\n/);
      expect(screen()).toMatch(/│ mailer +│ 0 +│ 0 +│ 0 +│ 3 +│/);
      expect(screen()).toContain('no worker was ever active\n');
    } finally {
      await api.stop();
      await database.drop();
    }
  }, 60_000);

  it('says what is wrong with the database in one sentence', async () => {
    expect(await runCli('postgresql://ann:hidden-word@127.0.0.1:1/none', ['outbox', 'stats'])).toEqual({
      code: 1,
      out: '',
      error: 'The database of DATABASE_URL cannot be used: connect ECONNREFUSED 127.0.0.1:1.\n',
    });
  });
});

describe('zakops outbox consumers and remove-consumer', () => {
  it('answer what the API answers, refuse what runs, and remove what does not', async () => {
    const database = await createTestDatabase();
    const api = await spawnApi(database.url);
    const worker = spawnApp('outbox-worker', { DATABASE_URL: database.url });
    const rest = async (): Promise<{ consumers: readonly { name: string; running: boolean; state: string }[] }> =>
      (await (await fetch(`${api.url}/api/admin/outbox/consumers`)).json()) as Awaited<ReturnType<typeof rest>>;
    try {
      await writeDeadLetters(database, { count: 3 });
      await database.query(`UPDATE zakops.consumer_progress SET state = 'active', by_tickets = false WHERE consumer = 'mailer'`);
      await waitFor('a consumer that runs', async () => (await rest()).consumers.some(({ running }) => running));
      const { code, ...list } = await runCliJson<object>(database.url, ['outbox', 'consumers']);
      expect([code, list]).toEqual([0, await rest()]);
      const { screen, ended } = runOnTerminal(database.url, ['outbox', 'consumers']);
      expect(await ended).toBe(0);
      expect(screen()).toMatch(/│ mailer +│ active +│ no +│/);

      const run = (...args: readonly string[]): Promise<CliEnd> => runCli(database.url, ['outbox', 'remove-consumer', ...args]);
      expect(await run('deal-activity', '--yes')).toMatchObject({
        code: 1,
        error: 'The active worker runs consumer deal-activity: deploy a version without it first.\n',
      });
      expect(await run('no-such', '--yes')).toMatchObject({ code: 1, error: 'There is no consumer no-such.\n' });
      expect(await run('mailer')).toMatchObject({
        code: 1,
        error: expect.stringMatching(/^Remove mailer with 3 tickets for good\? Add --yes/),
      });
      expect(await run('mailer', '--dry-run')).toMatchObject({ code: 0, out: expect.stringContaining('"tickets": 3') });
      expect((await rest()).consumers.find(({ name }) => name === 'mailer')).toMatchObject({ state: 'active' });
      const { out } = await run('mailer', '--reason', 'replaced', '--yes');
      expect(JSON.parse(out)).toEqual({ status: 'removed', consumer: 'mailer' });
      expect((await rest()).consumers.find(({ name }) => name === 'mailer')).toMatchObject({ state: 'removed' });
      expect(await database.query(`SELECT actor_type, actor_id, action, details ->> 'reason' AS reason FROM zakops.audit_log`)).toEqual([
        { actor_type: 'system', actor_id: 'cli', action: 'consumer.removed', reason: 'replaced' },
      ]);
    } finally {
      await Promise.all([api.stop(), worker.stop()]);
      await database.drop();
    }
  }, 60_000);
});
