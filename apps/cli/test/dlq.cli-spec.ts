import { createTestDatabase, spawnApi } from '#zakops/testing';
import type { SpawnedApi, TestDatabase } from '#zakops/testing';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { writeDeadLetters } from './dead-letters.builder.js';
import { runCli, runCliJson } from './run-cli.js';
import type { CliEnd } from './run-cli.js';
import { runOnTerminal } from './run-on-terminal.js';

const UNKNOWN_ID = '00000000-0000-4000-8000-000000000000';
const FINGERPRINT = 'fp1:00000000000000aa';

interface Page {
  readonly entries: readonly { readonly id: string }[];
  readonly total: number;
  readonly next_cursor: string | null;
}

let database: TestDatabase;

beforeEach(async () => {
  database = await createTestDatabase();
});

afterEach(async () => {
  await database.drop();
});

const run = (...args: readonly string[]): Promise<CliEnd> => runCli(database.url, ['dlq', ...args]);
const read = <T>(...args: readonly string[]): Promise<T & { code: number | null }> => runCliJson<T>(database.url, ['dlq', ...args]);

const counts = async (): Promise<Record<string, number>> => {
  const rows = await database.query<{ status: string; n: number }>(
    'SELECT status, count(*)::int AS n FROM zakops.outbox_tickets GROUP BY 1',
  );
  return Object.fromEntries(rows.map(({ status, n }) => [status, n]));
};

const operations = (): Promise<{ kind: string; actor: string; reason: string | null; count: number }[]> =>
  database.query('SELECT kind, actor, reason, count FROM zakops.dlq_operations ORDER BY performed_at');

describe('zakops dlq list, show and stats', () => {
  let api: SpawnedApi;

  afterEach(async () => {
    await api.stop();
  });

  it('answer what the API answers', async () => {
    const [first = ''] = await writeDeadLetters(database, { failedAgo: '2 hours', error: 'Räksmörgås' });
    await writeDeadLetters(database, { count: 3, consumer: 'deal-activity', reasonCode: 'timeout' });
    await database.query(
      `INSERT INTO zakops.outbox_attempts (event_id, consumer, replay, attempt, started_at, duration_ms, reason_code, error)
       SELECT event_id, consumer, 0, 1, now(), 12, 'handler_error', 'no' FROM zakops.outbox_tickets WHERE consumer = 'mailer'`,
    );
    api = await spawnApi(database.url);
    const rest = async (path: string): Promise<unknown> => (await fetch(`${api.url}/api/admin/dlq${path}`)).json();
    const cli = async (...args: readonly string[]): Promise<unknown> => JSON.parse((await run(...args)).out) as unknown;

    expect(await cli('list')).toEqual(await rest(''));
    expect(await cli('list', '--consumer', 'deal-activity', '--limit', '2')).toEqual(await rest('?consumer=deal-activity&limit=2'));
    const found = await rest('?q=SMÖR');
    expect(await cli('list', '--error', 'SMO\u0308R')).toEqual(found);
    expect(await cli('list', '--error', 'SMÖR')).toEqual(found);
    const { next_cursor } = (await rest('?limit=3')) as Page;
    expect(await cli('list', '--limit', '3', '--cursor', String(next_cursor))).toEqual(
      await rest(`?limit=3&cursor=${String(next_cursor)}`),
    );
    expect(await cli('list', '--summary', '--consumer', 'mailer')).toEqual(await rest('?consumer=mailer&fields=summary'));
    const groups = (await rest('/groups')) as { groups: readonly { fingerprint: string; count: number }[] };
    expect(groups.groups.map(({ count }) => count)).toEqual([3, 1]);
    expect(await cli('groups')).toEqual(groups);
    const { next_cursor: cursor } = (await rest('/groups?limit=1')) as Page;
    expect(await cli('groups', '--limit', '1', '--cursor', String(cursor))).toEqual(await rest(`/groups?limit=1&cursor=${String(cursor)}`));
    const of = groups.groups[0]?.fingerprint ?? '';
    expect(await cli('stats', '--fingerprint', of)).toMatchObject({ total_count: 3, by_consumer: { 'deal-activity': 3 } });
    expect(await cli('retry', '--fingerprint', of, '--dry-run')).toEqual({ dry_run: true, count: 3 });
    expect(await cli('show', first)).toEqual(await rest(`/${first}`));
    const age = { oldest_age_seconds: expect.any(Number) as number };
    expect(await cli('stats')).toEqual({ ...((await rest('/stats')) as object), ...age });
    // Fourteen processes one after the other.
  }, 90_000);
});

describe('zakops dlq list and show', () => {
  it.each([
    [['--type', 'deal.created']],
    [['--consumer', 'other']],
    [['--aggregate', 'DEAL-000002']],
    [['--correlation', 'DEAL-000002']],
    [['--reason-code', 'timeout']],
    [['--fingerprint', FINGERPRINT]],
    [['--error', 'TOO SLOW']],
    [['--older-than', '30d']],
    [['--older-than', '40h', '--newer-than', '1000h']],
  ])('narrow the list by %j', async (filter) => {
    await writeDeadLetters(database, { count: 2 });
    const [wanted] = await writeDeadLetters(database, {
      eventType: 'deal.created',
      consumer: 'other',
      aggregateId: 'DEAL-000002',
      reasonCode: 'timeout',
      error: 'much too slow',
      failedAgo: '31 days',
    });
    await database.query(`UPDATE zakops.outbox_tickets SET fingerprint = $1 WHERE consumer = 'other'`, [FINGERPRINT]);
    const { entries, total } = await read<Page>('list', ...filter);
    expect([total, entries.map(({ id }) => id)]).toEqual([1, [wanted]]);
  });

  it('draw tables on a terminal, without what a text could tell the terminal, and without colours for NO_COLOR', async () => {
    const [id = ''] = await writeDeadLetters(database, { error: 'red \u001B[31malert\u0007' });
    const list = runOnTerminal(database.url, ['dlq', 'list']);
    expect(await list.ended).toBe(0);
    expect(list.screen()).toContain(`│ ${id} │`);
    expect(list.screen()).toContain('5 of 5');
    expect(list.screen()).toContain('1 of 1 dead letters\n');
    expect(list.screen()).not.toMatch(/\u001B\[31malert|\u0007/);
    const show = runOnTerminal(database.url, ['dlq', 'show', id]);
    expect(await show.ended).toBe(0);
    expect(show.screen()).toContain('\u001B[1mpayload');
    const plain = runOnTerminal(database.url, ['dlq', 'show', id], { NO_COLOR: '1' });
    expect(await plain.ended).toBe(0);
    expect(plain.screen()).toContain('\npayload\n{\n  "deal_id": "DEAL-000001"\n}\n');
    expect(plain.screen()).not.toContain('\u001B');
  });

  it.each([
    [['show', UNKNOWN_ID], `There is no dead letter ${UNKNOWN_ID}.`],
    [
      ['show', 'one'],
      "error: command-argument value 'one' is invalid for argument 'id'. It must be the id of a dead letter, as dlq list shows it.",
    ],
    [
      ['list', '--older-than', 'soon'],
      "error: option '--older-than <age>' argument 'soon' is invalid. It must be a number with a unit: 90s, 15m, 12h or 30d.",
    ],
    [['list', '--limit', '0'], "error: option '--limit <number>' argument '0' is invalid. It must be a whole number from 1 to 1000."],
    [
      ['groups', '--fingerprint', 'mine'],
      "error: option '--fingerprint <fingerprint>' argument 'mine' is invalid. It must be a fingerprint, as dlq groups shows it.",
    ],
    [['lits'], "error: unknown command 'lits'\n(Did you mean list?)"],
  ])('say what is wrong with %j in one sentence', async (args, sentence) => {
    expect(await run(...args)).toEqual({ code: 1, out: '', error: `${sentence}\n` });
  });

  it('show what became of a dead letter that was retried, and refuse to give it up', async () => {
    const [id = ''] = await writeDeadLetters(database);
    await run('retry', '--id', id, '--reason', 'mended');
    expect(await read('show', id)).toMatchObject({
      id,
      state: 'waiting',
      replay_count: 1,
      operations: [{ kind: 'retry', reason: 'mended' }],
    });
    const refused = await run('purge', '--id', id, '--dry-run');
    expect([refused.code, refused.out]).toEqual([1, '']);
    expect(refused.error).toContain('was redriven before');
    const groups = runOnTerminal(database.url, ['dlq', 'groups']);
    expect(await groups.ended).toBe(0);
    expect(groups.screen()).toContain('no dead letters');
    // Four processes one after the other.
  }, 30_000);

  it('end quietly when the reader of the output goes away', async () => {
    await writeDeadLetters(database, { count: 1_000 });
    const shell = `'${process.execPath}' '${join(process.cwd(), 'dist/apps/cli/src/main.js')}' dlq list --limit 1000 | head -n 1; echo "\${PIPESTATUS[0]}"`;
    const child = spawn('bash', ['--norc', '-c', shell], { env: { PATH: process.env['PATH'], DATABASE_URL: database.url } });
    let [out, error] = ['', ''];
    child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (error += chunk.toString()));
    await once(child, 'close');
    expect([out, error]).toEqual(['{\n0\n', '']);
  });
});

describe('zakops dlq retry and purge', () => {
  it('deliver one again, and say so in the audit log and in the history of the entry', async () => {
    const [id = ''] = await writeDeadLetters(database);
    expect(await read('retry', '--id', id, '--reason', 'the table is back')).toEqual({ code: 0, status: 'queued_for_retry', entry_id: id });
    expect(await counts()).toEqual({ pending: 1 });
    expect(await operations()).toEqual([{ kind: 'retry', actor: 'system:cli', reason: 'the table is back', count: 1 }]);
    expect(await database.query(`SELECT actor_type || ':' || actor_id AS actor, action FROM zakops.audit_log`)).toEqual([
      { actor: 'system:cli', action: 'dead_letter.retried' },
    ]);
    expect(await run('redrive', '--id', id)).toEqual({
      code: 1,
      out: '',
      error: `Entry ${id} was redriven before and is not in the dead letter queue: its delivery is pending now.\n`,
    });
  });

  it('change those of several ids that are there, and name the others', async () => {
    const [first = '', second = ''] = await writeDeadLetters(database, { count: 2 });
    const { code, out, error } = await run('retry', '--id', first, '--id', UNKNOWN_ID, '--id', second);
    expect([code, JSON.parse(out), error]).toEqual([
      1,
      [first, second].map((entry_id) => ({ status: 'queued_for_retry', entry_id })),
      `There is no dead letter ${UNKNOWN_ID}.\n`,
    ]);
  });

  it('change what fits in portions of 2,500, and nothing else', async () => {
    await writeDeadLetters(database, { count: 6_000, failedAgo: '31 days' });
    await writeDeadLetters(database, { count: 7 });
    expect(await read('purge', '--older-than', '30d', '--dry-run')).toEqual({ code: 0, dry_run: true, count: 6_000 });
    expect(await counts()).toEqual({ dead: 6_007 });
    expect(await read('purge', '--older-than', '30d', '--reason', 'old', '--yes')).toEqual({
      code: 0,
      status: 'purged',
      count: 6_000,
      remaining: 0,
    });
    expect(await counts()).toEqual({ dead: 7 });
    expect(await operations()).toEqual(
      [2_500, 2_500, 1_000].map((count) => ({ kind: 'purge', actor: 'system:cli', reason: 'old', count })),
    );
    expect(await database.query('SELECT FROM zakops.events')).toHaveLength(6_007);

    expect(await read('retry', '--all', '--yes')).toEqual({
      code: 0,
      status: 'all_queued_for_retry',
      correlation_id: null,
      count: 7,
      remaining: 0,
    });
    expect(await counts()).toEqual({ pending: 7 });
  });

  it('leave alone what fails again meanwhile', async () => {
    await writeDeadLetters(database, { count: 600 });
    // As a worker would that fails at once.
    await database.query(`
      CREATE FUNCTION die_again() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN NEW.status := 'dead'; NEW.last_attempt_at := clock_timestamp(); RETURN NEW; END $$;
      CREATE TRIGGER die_again BEFORE UPDATE ON zakops.outbox_tickets FOR EACH ROW WHEN (NEW.status = 'pending') EXECUTE FUNCTION die_again()`);
    expect(await read('retry', '--all', '--yes')).toMatchObject({ code: 0, count: 600 });
    expect(await database.query('SELECT DISTINCT replay_count AS replays, status FROM zakops.outbox_tickets')).toEqual([
      { replays: 1, status: 'dead' },
    ]);
  });

  it('ask on a terminal, show how far they are, and do nothing without a yes', async () => {
    await writeDeadLetters(database, { count: 1_001 });
    const no = runOnTerminal(database.url, ['dlq', 'purge', '--all']);
    await no.see('Discard 1001 dead letters for good? [y/N] ');
    no.type('n\r');
    expect(await no.ended).toBe(1);
    expect(no.screen()).toMatch(/Nothing was changed\.\n$/);
    expect(await counts()).toEqual({ dead: 1_001 });

    const yes = runOnTerminal(database.url, ['dlq', 'purge', '--all']);
    await yes.see('[y/N] ');
    yes.type('yes\r');
    expect(await yes.ended).toBe(0);
    // It is drawn ten times a second: what lies between depends on the machine.
    expect(yes.screen()).toContain('purge dead letters [........................................] 0/1001');
    expect(yes.screen()).toContain('purge dead letters [########################################] 1001/1001');
    expect(yes.screen()).toMatch(/1001 dead letters are discarded\n$/);
    expect(await counts()).toEqual({});
  });

  it.each([
    [['purge', '--all'], 'Discard 1 dead letter for good? Add --yes to do it without being asked, or --dry-run to look first.'],
    [['retry', '--consumer', 'mailer'], 'Deliver 1 dead letter again? Add --yes to do it without being asked, or --dry-run to look first.'],
    [['purge'], 'Which ones? Give --id, a filter such as --consumer, or --all.'],
    [['retry', '--id', UNKNOWN_ID, '--consumer', 'x'], '--id names the dead letters; leave the filter away.'],
    [['retry', '--id', UNKNOWN_ID, '--all'], "error: option '--id <id>' cannot be used with option '--all'"],
  ])('refuse %j where nobody can be asked', async (args, sentence) => {
    await writeDeadLetters(database);
    expect(await run(...args)).toEqual({ code: 1, out: '', error: `${sentence}\n` });
    expect(await counts()).toEqual({ dead: 1 });
    expect(await operations()).toEqual([]);
  });

  it('say what was done before a portion failed', async () => {
    await writeDeadLetters(database, { count: 3_000 });
    await database.query('ALTER TABLE zakops.dlq_operations ADD CONSTRAINT refuse CHECK (count = 2500)');
    expect(await run('purge', '--all', '--yes')).toEqual({
      code: 1,
      out: '',
      error: '2500 dead letters were discarded before this:\nThe database refused a statement.\n',
    });
    expect(await counts()).toEqual({ dead: 500 });
  });
});
