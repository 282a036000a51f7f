import { createTestDatabase, spawnApi } from '#zakops/testing';
import { writeDeadLetters } from './dead-letters.builder.js';
import { runCli, runCliJson } from './run-cli.js';
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
      expect(screen()).toMatch(/^No worker is active: 0 tickets waiting\.\n/);
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
