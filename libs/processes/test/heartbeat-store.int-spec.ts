import { Database } from '#zakops/database';
import { createTestDatabase, startModules } from '#zakops/testing';
import type { TestDatabase } from '#zakops/testing';
import type { INestApplicationContext } from '@nestjs/common';
import { HeartbeatStore } from '../src/heartbeat/heartbeat.store.js';
import type { Heartbeat } from '../src/heartbeat/heartbeat.store.js';
import { ProcessReader } from '../src/list/process.reader.js';

const beat = (processId: string, more: Partial<Heartbeat> = {}): Heartbeat => ({
  processId,
  kind: 'api',
  role: null,
  version: '1.0.0',
  commit: 'abc',
  schemaVersion: 'Processes0000000000009',
  uptimeMs: 60_000,
  idleMs: 0,
  stats: {},
  failing: [],
  ...more,
});

describe(HeartbeatStore.name, () => {
  let database: TestDatabase;
  let app: INestApplicationContext;
  let sut: HeartbeatStore;
  let reader: ProcessReader;

  beforeAll(async () => {
    database = await createTestDatabase();
    app = await startModules(database.url);
    sut = new HeartbeatStore(app.get(Database));
    reader = new ProcessReader(app.get(Database));
  });
  beforeEach(() => database.query('TRUNCATE zakops.processes, zakops.log_level_overrides'));
  afterAll(async () => {
    await app.close();
    await database.drop();
  });

  it('takes nobody for alive whose heartbeat is from before the clock was set back, and removes the row', async () => {
    await sut.beat(beat('vm/1/dead'));
    await database.query(`UPDATE zakops.processes SET started_at = started_at + interval '1 day', beat_at = beat_at + interval '1 day'`);

    expect(await reader.living()).toEqual([]);
    expect(await reader.recent(60)).toEqual([]);
    expect(await reader.list()).toMatchObject([{ alive: false }]);
    expect(await reader.sum('api', 'x')).toEqual({ processes: 0, sum: 0 });

    await sut.beat(beat('vm/2/new'));
    expect(await reader.list()).toMatchObject([{ processId: 'vm/2/new', alive: true }]);
  });

  it('removes every row of the future that does not count as alive, and none that does', async () => {
    await sut.beat(beat('vm/1/dead'));
    await sut.beat(beat('vm/2/seen-by-a-statement-that-waited'));
    await database.query(
      `UPDATE zakops.processes SET beat_at = now() + CASE process_id WHEN 'vm/1/dead' THEN interval '21 s' ELSE interval '15 s' END`,
    );
    expect((await reader.list()).map(({ alive }) => alive)).toEqual([false, true]);

    await sut.beat(beat('vm/3/new'));
    expect((await reader.list()).map(({ processId, alive }) => [processId, alive])).toEqual([
      ['vm/2/seen-by-a-statement-that-waited', true],
      ['vm/3/new', true],
    ]);
  });

  it('writes what a process says, as ages of the clock of the database', async () => {
    await sut.beat(beat('vm/1/a', { kind: 'outbox-worker', role: 'active', idleMs: 7_000, stats: { x: 1 } }));
    const [row, ...others] = await reader.list();
    expect(others).toEqual([]);
    expect(row).toMatchObject({
      processId: 'vm/1/a',
      kind: 'outbox-worker',
      role: 'active',
      version: '1.0.0',
      commit: 'abc',
      schemaVersion: 'Processes0000000000009',
      alive: true,
      stats: { x: 1 },
    });
    expect(row?.progressAgeSeconds).toBeCloseTo(7, 0);
    const [times] = await database.query<{ age: number }>(
      `SELECT extract(epoch FROM beat_at - started_at)::float8 AS age FROM zakops.processes`,
    );
    expect(times?.age).toBe(60);
  });

  it('changes role, progress and stats with every heartbeat, and never the start', async () => {
    await sut.beat(beat('vm/1/a', { kind: 'outbox-worker', role: 'standby' }));
    const [before] = await reader.list();
    await sut.beat(beat('vm/1/a', { kind: 'outbox-worker', role: 'active', uptimeMs: 999_000, idleMs: 9_000, stats: { y: 2 } }));
    const [after] = await reader.list();
    expect(after).toMatchObject({ role: 'active', stats: { y: 2 }, startedAt: before?.startedAt });
    expect(after?.progressAgeSeconds).toBeGreaterThanOrEqual(9);
  });

  it('writes failing loops with instants of the clock of the database', async () => {
    const failing = [{ loop: 'publishing', age_ms: 90_000, failures: 13, error: 'DatabaseError 42501: permission denied' }];
    await sut.beat(beat('vm/1/a', { failing }));
    const [row] = await database.query<{ failing: { since: string }[]; age: number }>(
      `SELECT failing, extract(epoch FROM beat_at - (failing -> 0 ->> 'since')::timestamptz)::float8 AS age FROM zakops.processes`,
    );
    expect(row).toEqual({ age: 90, failing: [{ loop: 'publishing', since: expect.any(String), failures: 13, error: failing[0]?.error }] });
    await sut.beat(beat('vm/1/a'));
    expect(await database.query('SELECT failing FROM zakops.processes')).toEqual([{ failing: [] }]);
  });

  it('goes on while the column of failing loops is not there yet', async () => {
    await database.query('ALTER TABLE zakops.processes DROP COLUMN failing');
    await sut.beat(beat('vm/1/a', { failing: [{ loop: 'lease', age_ms: 1, failures: 1, error: 'no' }] }));
    expect(await database.query('SELECT process_id FROM zakops.processes')).toEqual([{ process_id: 'vm/1/a' }]);
    await database.query(`ALTER TABLE zakops.processes ADD COLUMN failing jsonb NOT NULL DEFAULT '[]'`);
    await sut.beat(beat('vm/1/a', { failing: [{ loop: 'lease', age_ms: 1, failures: 1, error: 'no' }] }));
    expect(await database.query(`SELECT failing -> 0 ->> 'loop' AS loop FROM zakops.processes`)).toEqual([{ loop: 'lease' }]);
  });

  it('calls dead what is silent, and purges it after a day', async () => {
    for (const id of ['a', 'b', 'c', 'd']) await sut.beat(beat(`vm/1/${id}`));
    await database.query(
      `UPDATE zakops.processes SET beat_at = now() - s.age::interval
         FROM (VALUES ('vm/1/b', '21 s'), ('vm/1/c', '23 h 59 min'), ('vm/1/d', '1 day 1 s')) AS s(id, age) WHERE process_id = s.id`,
    );
    expect((await reader.living()).map(({ processId }) => processId)).toEqual(['vm/1/a']);
    expect((await reader.list()).map(({ processId, alive }) => [processId, alive])).toHaveLength(4);
    await sut.beat(beat('vm/1/a'));
    expect((await reader.list()).map(({ processId, alive }) => [processId, alive])).toEqual([
      ['vm/1/a', true],
      ['vm/1/b', false],
      ['vm/1/c', false],
    ]);
  });

  it('brings a process back that slept for more than a day', async () => {
    await sut.beat(beat('vm/1/a'));
    await database.query(`UPDATE zakops.processes SET beat_at = now() - interval '2 days'`);
    await sut.beat(beat('vm/1/a'));
    expect(await reader.living()).toHaveLength(1);
  });

  it('does not wait for a session that removes old rows', async () => {
    await sut.beat(beat('vm/1/old'));
    await database.query(`UPDATE zakops.processes SET beat_at = now() - interval '2 days'`);
    const other = await database.connect();
    await other.query('BEGIN; DELETE FROM zakops.processes');
    await sut.beat(beat('vm/1/a'));
    await other.query('COMMIT');
    expect((await reader.list()).map(({ processId }) => processId)).toEqual(['vm/1/a']);
  });

  it('adds up a stat of the processes of a kind that are alive', async () => {
    expect(await reader.sum('api', 'n', 'vm/1/a')).toEqual({ processes: 0, sum: 0 });
    await sut.beat(beat('vm/1/a', { stats: { n: 1 } }));
    await sut.beat(beat('vm/1/b', { stats: { n: 10 } }));
    await sut.beat(beat('vm/1/c', { stats: { n: 'many' } }));
    await sut.beat(beat('vm/1/d', { stats: {} }));
    await sut.beat(beat('vm/1/e', { stats: { n: 100 }, kind: 'outbox-worker' }));
    await sut.beat(beat('vm/1/f', { stats: { n: 1_000 } }));
    await database.query(`UPDATE zakops.processes SET beat_at = now() - interval '21 s' WHERE process_id = 'vm/1/f'`);
    expect(await reader.sum('api', 'n', 'vm/1/a')).toEqual({ processes: 3, sum: 10 });
    expect(await reader.sum('api', 'n')).toEqual({ processes: 4, sum: 11 });
    expect(await reader.sum('outbox-worker', 'n')).toEqual({ processes: 1, sum: 100 });
  });

  it('removes its own row and no other', async () => {
    await sut.beat(beat('vm/1/a'));
    await sut.beat(beat('vm/1/b'));
    await sut.remove('vm/1/a');
    expect((await reader.list()).map(({ processId }) => processId)).toEqual(['vm/1/b']);
  });

  describe('gives the level of logs that is asked of the kind', () => {
    const ask = (kind: string, level: string, untilIn: string, setAgo: string): Promise<unknown> =>
      database.query(
        `INSERT INTO zakops.log_level_overrides (kind, level, until, set_by, set_at)
         VALUES ($1, $2, now() + $3::interval, 'operator:x', now() - $4::interval)`,
        [kind, level, untilIn, setAgo],
      );

    it('and for how long still', async () => {
      expect(await sut.beat(beat('vm/1/a'))).toBeUndefined();
      await ask('api', 'debug', '90 s', '1 s');
      const asked = await sut.beat(beat('vm/1/a'));
      expect(asked?.level).toBe('debug');
      expect(asked?.remainingMs).toBeGreaterThan(80_000);
      expect(asked?.remainingMs).toBeLessThanOrEqual(90_000);
      expect(await sut.beat(beat('vm/1/w', { kind: 'outbox-worker' }))).toBeUndefined();
    });

    it('the one set last, whether it was for all or for the kind', async () => {
      await ask('api', 'debug', '1 h', '10 s');
      await ask('all', 'warn', '1 h', '5 s');
      expect((await sut.beat(beat('vm/1/a')))?.level).toBe('warn');
      await database.query(`UPDATE zakops.log_level_overrides SET set_at = now() WHERE kind = 'api'`);
      expect((await sut.beat(beat('vm/1/a')))?.level).toBe('debug');
      expect((await sut.beat(beat('vm/1/w', { kind: 'outbox-worker' })))?.level).toBe('warn');
    });

    it('and none that is over', async () => {
      await ask('api', 'debug', '-1 s', '1 min');
      await ask('all', 'trace', '1 h', '2 min');
      expect((await sut.beat(beat('vm/1/a')))?.level).toBe('trace');
    });
  });
});
