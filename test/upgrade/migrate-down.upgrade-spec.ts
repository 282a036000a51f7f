import { migrate, undoLastMigration } from '#zakops/database';
import type { MigrationInterface, QueryRunner } from 'typeorm';
import { MIGRATIONS } from '../../migrations/index.js';
import { Release } from './support/release.js';
import { shapeOf } from './support/schema-shape.js';
import { query, Server } from './support/server.js';

const current = Release.current();
const NEWEST = MIGRATIONS.at(-1)?.name ?? '';

/** A step that a version after this one might make. */
class Notes9000000000001 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('CREATE TABLE zakops.notes (id int); ALTER TABLE zakops.deals ADD COLUMN colour text');
    await runner.query('CREATE UNLOGGED TABLE zakops.guesses AS SELECT 1 AS n');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE zakops.notes, zakops.guesses; ALTER TABLE zakops.deals DROP COLUMN colour');
  }
}

jest.setTimeout(180_000);

let server: Server;
beforeAll(async () => {
  server = await Server.start();
});
afterAll(() => server.stop());

describe('undoing migrations one by one', () => {
  it('leads to exactly the schema that was before each of them, down to nothing, and up again to the same', async () => {
    const url = await server.createDatabase();
    const shapes = [];
    for (let count = 1; count <= MIGRATIONS.length; count += 1) {
      expect((await migrate(url, MIGRATIONS.slice(0, count))).applied).toEqual([MIGRATIONS[count - 1]?.name]);
      shapes.push(await shapeOf(url));
    }
    for (let count = MIGRATIONS.length; count >= 1; count -= 1) {
      expect(await shapeOf(url)).toEqual(shapes[count - 1]);
      expect((await undoLastMigration(url, MIGRATIONS, { lose: ['event_log_head', 'worker_leases'] })).name).toBe(
        MIGRATIONS[count - 1]?.name,
      );
    }
    // What is left belongs to the migrator and not to a migration.
    expect((await shapeOf(url)).filter(({ name }) => !name.startsWith('migrations'))).toEqual([]);
    await expect(undoLastMigration(url, MIGRATIONS)).rejects.toThrow('The database has no migration that could be undone.');
    expect((await migrate(url, MIGRATIONS)).applied).toHaveLength(MIGRATIONS.length);
    expect(await shapeOf(url)).toEqual(shapes.at(-1));
  });
});

describe('undoing the migration of cursors', () => {
  const TICKETS = `
    SELECT right(event_id::text, 1) AS event, consumer, ordinal::int, event_type AS type, stream = zakops.stream_of('deal', 'D') AS is_of_deal,
           status, attempts, replay_count AS replays, due_at <= now() AS is_due, reason_code AS reason, last_error AS error
      FROM zakops.outbox WHERE status <> 'delivered' ORDER BY consumer, ordinal`;

  it('loses nothing that waits, failed or died, and asks for no permission to', async () => {
    const url = await server.createDatabase();
    await migrate(url, MIGRATIONS);
    // Events 1 to 5 are published, 6 and 7 wait. The consumer has come to 3: it has failed at 1, 2 waits behind that, 3 is dead.
    await query(
      url,
      `INSERT INTO zakops.events (id, type, schema_version, aggregate_type, aggregate_id, aggregate_seq, data, correlation_id, actor)
       SELECT ('00000000-0000-4000-8000-00000000000' || n)::uuid, 'deal.updated', 1, 'deal', 'D', n, '{}', 'c', 'user:a'
         FROM generate_series(1, 7) AS n;
       INSERT INTO zakops.event_log (position, event_id) SELECT aggregate_seq, id FROM zakops.events WHERE aggregate_seq <= 5;
       UPDATE zakops.event_log_head SET position = 5;
       INSERT INTO zakops.outbox_waiting (event_id, stream)
       SELECT id, zakops.stream_of('deal', 'D') FROM zakops.events WHERE aggregate_seq > 5 ORDER BY aggregate_seq;
       INSERT INTO zakops.consumer_progress (consumer, state, pattern, position, delivered, by_tickets)
       VALUES ('c', 'active', '^deal[.]', 3, 10, false);
       INSERT INTO zakops.outbox_tickets (event_id, consumer, ordinal, event_type, stream, status, attempts, replay_count, due_at, reason_code,
                                          last_error)
       SELECT e.id, 'c', e.aggregate_seq, e.type, zakops.stream_of('deal', 'D'), t.status, t.attempts, t.replays, t.due, t.reason, t.error
         FROM (VALUES (1, 'failed', 2, 1, now(), 'handler_error', 'it broke'), (2, 'pending', 0, 0, NULL, NULL, NULL),
                      (3, 'dead', 5, 0, now(), 'timeout', 'too slow')) AS t(seq, status, attempts, replays, due, reason, error)
         CROSS JOIN LATERAL (SELECT * FROM zakops.events WHERE aggregate_seq = t.seq) AS e`,
    );
    for (const name of MIGRATIONS.slice(10)
      .map((migration) => migration.name)
      .reverse()) {
      expect(await current.cli(url, ['migrate', 'down'])).toEqual({ code: 0, out: `undone ${name}\n`, error: '' });
    }
    const waiting = {
      type: 'deal.updated',
      is_of_deal: true,
      status: 'pending',
      attempts: 0,
      replays: 0,
      is_due: true,
      reason: null,
      error: null,
    };
    expect(await query(url, TICKETS)).toEqual([
      {
        ...waiting,
        event: '1',
        consumer: 'c',
        ordinal: 1,
        status: 'failed',
        attempts: 2,
        replays: 1,
        reason: 'handler_error',
        error: 'it broke',
      },
      { ...waiting, event: '2', consumer: 'c', ordinal: 2 },
      { ...waiting, event: '3', consumer: 'c', ordinal: 3, status: 'dead', attempts: 5, reason: 'timeout', error: 'too slow' },
      { ...waiting, event: '4', consumer: 'c', ordinal: 4 },
      { ...waiting, event: '5', consumer: 'c', ordinal: 5 },
      { ...waiting, event: '6', consumer: 'log', ordinal: 1 },
      { ...waiting, event: '7', consumer: 'log', ordinal: 2 },
    ]);
    expect(await query(url, `SELECT count(*)::int AS n FROM zakops.outbox WHERE consumer = 'log' AND status = 'delivered'`)).toEqual([
      { n: 5 },
    ]);
    expect(await query(url, 'SELECT consumer, delivered FROM zakops.consumer_progress')).toEqual([{ consumer: 'c', delivered: '10' }]);

    // And up again: the same tickets, and what 4 and 5 are for the cursor are tickets now.
    await migrate(url, MIGRATIONS);
    expect(await query(url, TICKETS)).toHaveLength(7);
    expect(await query(url, 'SELECT FROM zakops.outbox_waiting')).toHaveLength(2);
  });
});

describe('undoing the migration of the log origin', () => {
  it('puts the origin back among the leases, and takes it from there again', async () => {
    const url = await server.createDatabase();
    const upTo = MIGRATIONS.slice(0, MIGRATIONS.findIndex(({ name }) => name === 'LogOrigin0000000000020') + 1);
    await migrate(url, upTo.slice(0, -1));
    await query(url, `INSERT INTO zakops.worker_leases (name, owner) VALUES ('log-origin', 'here')`);
    const row = (): Promise<unknown> => query(url, `SELECT owner FROM zakops.worker_leases WHERE name = 'log-origin'`);
    const column = (): Promise<unknown> => query(url, 'SELECT origin FROM zakops.event_log_epoch');

    await migrate(url, upTo);
    expect([await row(), await column()]).toEqual([[], [{ origin: 'here' }]]);
    expect((await undoLastMigration(url, upTo)).name).toBe('LogOrigin0000000000020');
    expect(await row()).toEqual([{ owner: 'here' }]);
    await migrate(url, upTo);
    expect([await row(), await column()]).toEqual([[], [{ origin: 'here' }]]);
  });
});

describe('zakops migrate down', () => {
  let url: string;
  let template: string;
  beforeAll(async () => {
    template = await server.createDatabase();
    await migrate(template, MIGRATIONS);
  });
  beforeEach(async () => {
    url = await server.copyOf(template);
  });

  it('undoes the newest migration of an empty database, once', async () => {
    expect(await current.cli(url, ['migrate', 'down'])).toEqual({ code: 0, out: `undone ${NEWEST}\n`, error: '' });
    expect((await current.cli(url, ['migrate', '--status'])).code).toBe(2);
    expect((await current.migrate(url)).out).toContain(`applied ${NEWEST}\n1 migrations applied\n`);
  });

  it('changes nothing with --dry-run', async () => {
    const before = await shapeOf(url);
    expect(await current.cli(url, ['migrate', 'down', '--dry-run'])).toEqual({ code: 0, out: `would be undone ${NEWEST}\n`, error: '' });
    expect(await shapeOf(url)).toEqual(before);
    expect((await current.cli(url, ['migrate', '--status'])).code).toBe(0);
  });

  it('leaves a step of a newer version alone', async () => {
    await migrate(url, [...MIGRATIONS, Notes9000000000001]);
    expect(await current.cli(url, ['migrate', 'down'])).toEqual({
      code: 1,
      out: '',
      error: 'Notes9000000000001 is of a newer version, and only that version knows how to undo it.\n',
    });
  });

  it('refuses to lose rows of a table or values of a column, whatever APP_ENV says, until each is named', async () => {
    const all = [...MIGRATIONS, Notes9000000000001];
    await migrate(url, all);
    await query(url, `INSERT INTO zakops.notes VALUES (1), (2)`);
    await query(
      url,
      `INSERT INTO zakops.deals (deal_id, canonical_name, stage, status, version, colour)
       VALUES ('DEAL-000001', 'a', 'inbound', 'active', 1, 'red'), ('DEAL-000002', 'b', 'inbound', 'active', 1, NULL)`,
    );
    const before = await shapeOf(url);
    const losses = [
      { name: 'notes', rows: 2 },
      { name: 'deals.colour', rows: 1 },
    ];
    await expect(undoLastMigration(url, all)).rejects.toMatchObject({
      message: 'To undo Notes9000000000001 would lose notes (2 rows), deals.colour (1 row): nothing was changed.',
      losses,
    });
    await expect(undoLastMigration(url, all, { lose: ['notes'] })).rejects.toMatchObject({ losses: [losses[1]] });
    expect(await undoLastMigration(url, all, { dryRun: true })).toEqual({ name: 'Notes9000000000001', losses });
    expect(await shapeOf(url)).toEqual(before);
    expect(await query(url, 'SELECT id FROM zakops.notes')).toHaveLength(2);

    expect(await undoLastMigration(url, all, { lose: ['notes', 'deals.colour'] })).toEqual({ name: 'Notes9000000000001', losses });
    expect(await query(url, 'SELECT deal_id FROM zakops.deals')).toHaveLength(2);
    expect(await shapeOf(url)).toEqual(await shapeOf(template));
  });

  it('refuses while a process runs that knows the migration, and names it', async () => {
    const all = [...MIGRATIONS, Notes9000000000001];
    await migrate(url, all);
    const beat = (id: string, schema: string, age: string): Promise<unknown> =>
      query(
        url,
        `INSERT INTO zakops.processes (process_id, kind, version, commit, schema_version, started_at, beat_at, progress_at)
         VALUES ($1, 'api', '1', '1', $2, now(), now() - $3::interval, now())`,
        [id, schema, age],
      );
    await beat('old/1/a', NEWEST, '0 s');
    await beat('killed/2/b', 'Notes9000000000001', '20 s');
    await beat('new/3/c', 'Notes9000000000001', '1 s');
    await expect(undoLastMigration(url, all)).rejects.toThrow('Processes that need Notes9000000000001 are running: stop new/3/c first.');
    await query(url, `DELETE FROM zakops.processes WHERE process_id = 'new/3/c'`);
    expect((await undoLastMigration(url, all)).name).toBe('Notes9000000000001');
  });

  it('gives up within seconds where somebody holds a table, and changes nothing', async () => {
    const all = [...MIGRATIONS, Notes9000000000001];
    await migrate(url, all);
    const before = await shapeOf(url);
    const holder = query(url, 'BEGIN; LOCK TABLE zakops.deals; SELECT pg_sleep(8)');
    await expect(undoLastMigration(url, all)).rejects.toThrow('lock timeout');
    await holder;
    expect(await shapeOf(url)).toEqual(before);
  });
});
