import { UnitOfWork } from '#zakops/database';
import { waitFor } from '#zakops/testing';
import { AuditChainStore } from '../src/chain/audit-chain.store.js';
import { AuditChainer, AuditLog } from '../src/index.js';
import { AuditTestbed } from './audit-testbed.js';
import type { StoredLink } from './audit-testbed.js';

const GENESIS = '0'.repeat(64);

// A second implementation of the canonical form, in SQL: it knows nothing of the code that chains.
const HASHES_IN_SQL = `
  SELECT c.position::int, encode(sha256(convert_to('["zakops-audit-1",' || c.position || ',' || (
    SELECT string_agg(coalesce(to_json(v)::text, 'null'), ',' ORDER BY n) FROM unnest(ARRAY[
      encode(c.prev_hash, 'hex'), to_char(c.chained_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), l.id::text,
      to_char(l.occurred_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), l.actor_type, l.actor_id, l.action, l.resource_type,
      l.resource_id, l.before::text, l.after::text, l.details::text, l.address, l.user_agent, l.method, l.path, l.trace_id
    ]) WITH ORDINALITY AS x(v, n)) || ']', 'UTF8')), 'hex') AS hash
    FROM zakops.audit_chain c JOIN zakops.audit_log l ON l.id = c.entry_id ORDER BY 1`;

/** Positions without a gap, each link with the hash before it, every entry once. */
function expectOneChain(links: readonly StoredLink[], length: number): void {
  expect(links.map(({ position }) => position)).toEqual(Array.from({ length }, (_, n) => n + 1));
  expect(links.map(({ prev_hash }) => prev_hash)).toEqual([GENESIS, ...links.slice(0, -1).map(({ hash }) => hash)]);
  expect(new Set(links.map(({ entry_id }) => entry_id)).size).toBe(length);
}

describe(AuditChainer.name, () => {
  let bed: AuditTestbed;

  beforeEach(async () => {
    bed = await AuditTestbed.create();
  });

  afterEach(async () => {
    await bed.dispose();
  });

  it('gives every entry one place, in one chain, when 20 writers and several chainers are at work', async () => {
    const chainer = bed.get(AuditChainer);
    let writing = true;
    const chainers = Array.from({ length: 5 }, async (_, n) => {
      while (writing) await chainer.chainPending(n % 2 === 0 ? 'wait' : 'leave');
    });
    await Promise.all(Array.from({ length: 20 }, (_, writer) => bed.record(50, `writer-${String(writer)}`)));
    writing = false;
    await Promise.all(chainers);
    await chainer.chainPending();
    expectOneChain(await bed.links(), 1_000);
    expect(await bed.database.query('SELECT 1 AS one FROM zakops.audit_pending')).toEqual([]);
  });

  it('writes hashes that plain SQL gives too', async () => {
    await bed.get(UnitOfWork).run((tx) => {
      bed.get(AuditLog).record(tx, {
        action: 'deal.created',
        resourceType: 'deal',
        resourceId: 'Ræk "quoted" \\ 漢字 😀\n\t\u0001\u2028',
        after: { z: 1, a: 1e21, long: 'é', nested: { b: null, aa: [1.5, -0, 'x'] } },
      });
      return Promise.resolve();
    });
    await bed.record(3);
    await bed.get(AuditChainer).chainPending();
    const links = await bed.links();
    expect(await bed.database.query(HASHES_IN_SQL)).toEqual(links.map(({ position, hash }) => ({ position, hash })));
  });

  it('does not miss an entry that commits after one with a younger id was chained', async () => {
    const late = await bed.database.connect();
    await late.query('BEGIN');
    await late.query(
      `WITH e AS (INSERT INTO zakops.audit_log (id, actor_type, actor_id, action, resource_type, resource_id)
                  VALUES ('00000000-0000-7000-8000-000000000001', 'user', 'a', 'deal.updated', 'deal', 'D-0'))
       INSERT INTO zakops.audit_pending VALUES ('00000000-0000-7000-8000-000000000001')`,
    );
    await bed.record(3);
    expect(await bed.get(AuditChainer).chainPending()).toBe(3);
    await late.query('COMMIT');
    expect(await bed.get(AuditChainer).chainPending()).toBe(1);
    const links = await bed.links();
    expectOneChain(links, 4);
    expect(links[3]?.entry_id).toBe('00000000-0000-7000-8000-000000000001');
  });

  it('leaves nothing half done when it is killed between taking entries and writing their links', async () => {
    await bed.record(5);
    const killed = await bed.database.connect();
    await killed.query('BEGIN');
    await killed.query('LOCK TABLE zakops.audit_chain IN EXCLUSIVE MODE');
    const dying = bed.get(AuditChainer).chainPending();
    // Its connection is cut off while it waits to write its links; it has taken its entries out of the queue by then.
    await expect(
      Promise.all([
        dying,
        (async () => {
          for (;;) {
            const cut = await bed.database.query(
              `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                WHERE datname = current_database() AND wait_event_type = 'Lock' AND query LIKE '%INSERT INTO zakops.audit_chain%'`,
            );
            if (cut.length > 0) return;
          }
        })(),
      ]),
    ).rejects.toThrow();
    await killed.query('ROLLBACK');
    expect(await bed.links()).toEqual([]);
    expect(await bed.get(AuditChainer).chainPending()).toBe(5);
    expectOneChain(await bed.links(), 5);
  });

  it('leaves the work to the chainer that has the lock, or waits for it, as asked', async () => {
    await bed.record(2);
    const other = await bed.database.connect();
    await other.query('BEGIN');
    await other.query(`SELECT pg_advisory_xact_lock(8817434119229432163)`);
    expect(await bed.get(AuditChainer).chainPending('leave')).toBe(0);
    const waiting = bed.get(AuditChainer).chainPending('wait');
    await other.query('COMMIT');
    expect(await waiting).toBe(2);
  });

  it('goes on when another chainer hangs with the lock', async () => {
    await bed.record(2);
    const store = bed.get(AuditChainStore);
    let wakeUp = (): void => undefined;
    const hanging = bed.get(UnitOfWork).run(async (tx) => {
      await store.lock(tx);
      await new Promise<void>((resolve) => (wakeUp = resolve));
      await store.take(tx, 10);
    });
    const failed = expect(hanging).rejects.toThrow('The database cannot be reached');
    await waitFor('the lock', async () => {
      const locks = await bed.database.query(`SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND granted`);
      return locks.length > 0;
    });
    expect(await bed.get(AuditChainer).chainPending('wait')).toBe(2);
    wakeUp();
    await failed;
    expectOneChain(await bed.links(), 2);
  });

  it('chains more than one batch in one call', async () => {
    await bed.database.query(
      `WITH e AS (INSERT INTO zakops.audit_log (id, actor_type, actor_id, action, resource_type, resource_id)
                  SELECT gen_random_uuid(), 'user', 'a', 'deal.updated', 'deal', n::text FROM generate_series(1, 2500) n RETURNING id)
       INSERT INTO zakops.audit_pending SELECT id FROM e`,
    );
    expect(await bed.get(AuditChainer).chainPending()).toBe(2_500);
    expectOneChain(await bed.links(), 2_500);
  });

  it('is not stopped by an entry that is queued twice, or again after it was chained', async () => {
    await bed.record(2);
    await bed.database.query('INSERT INTO zakops.audit_pending SELECT id FROM zakops.audit_log');
    expect(await bed.get(AuditChainer).chainPending()).toBe(2);
    await bed.database.query('INSERT INTO zakops.audit_pending SELECT id FROM zakops.audit_log');
    await bed.record(1);
    expect(await bed.get(AuditChainer).chainPending()).toBe(1);
    expectOneChain(await bed.links(), 3);
  });

  it('keeps nothing of a change that is rolled back', async () => {
    const failing = bed.get(UnitOfWork).run((tx) => {
      bed.get(AuditLog).record(tx, { action: 'deal.updated', resourceType: 'deal', resourceId: 'D-1' });
      return Promise.reject(new Error('no'));
    });
    await expect(failing).rejects.toThrow('no');
    expect(await bed.get(AuditChainer).chainPending()).toBe(0);
    expect(await bed.database.query('SELECT id FROM zakops.audit_log')).toEqual([]);
  });

  it.each([
    ['audit_log', 'actor_id'],
    ['audit_chain', 'entry_id'],
    ['audit_anchors', 'hash'],
  ])('refuses to change %s', async (table, column) => {
    for (const sql of [`DELETE FROM zakops.${table}`, `TRUNCATE zakops.${table}`, `UPDATE zakops.${table} SET ${column} = ${column}`]) {
      await expect(bed.database.query(sql)).rejects.toThrow(`zakops.${table} is append only`);
    }
  });

  it.each([
    ['the last position there can be', `9007199254740991, gen_random_uuid(), hash, hash`],
    ['a position that is taken', `position, gen_random_uuid(), prev_hash, hash`],
    ['another hash before it', `position + 1, gen_random_uuid(), prev_hash, hash`],
    ['a hash that is not that of its entry', `position + 1, gen_random_uuid(), hash, hash`],
  ])('cannot be stopped or discredited by a link with %s', async (_what, columns) => {
    await bed.record(2);
    await bed.get(AuditChainer).chainPending();
    const forged = `INSERT INTO zakops.audit_chain (position, entry_id, prev_hash, hash, chained_at)
                    SELECT ${columns}, chained_at FROM zakops.audit_chain WHERE position = 2`;
    await expect(bed.database.query(forged)).rejects.toMatchObject({ code: '23514', constraint: 'audit_chain_continuity' });
    await bed.record(1);
    expect(await bed.get(AuditChainer).chainPending()).toBe(1);
    expectOneChain(await bed.links(), 3);
  });

  it('hashes every column of the table', async () => {
    const columns = await bed.database.query<{ name: string }>(
      `SELECT column_name AS name FROM information_schema.columns WHERE table_schema = 'zakops' AND table_name = 'audit_log'`,
    );
    await bed.record(1);
    await bed.get(AuditChainer).chainPending();
    const [{ hash } = { hash: '' }] = await bed.links();
    const client = await bed.database.connect();
    await client.query('SET session_replication_role = replica');
    for (const { name } of columns.filter((column) => column.name !== 'id')) {
      const json = ['before', 'after', 'details'].includes(name);
      const value = json ? `'{"x":1}'` : name === 'occurred_at' ? `occurred_at + interval '1 us'` : `'x'`;
      await client.query('BEGIN');
      await client.query(`UPDATE zakops.audit_log SET "${name}" = ${value}`);
      const { rows } = await client.query<{ hash: string }>(HASHES_IN_SQL);
      await client.query('ROLLBACK');
      expect([name, rows.length, rows[0]?.hash === hash]).toEqual([name, 1, false]);
    }
    expect(await bed.database.query(HASHES_IN_SQL)).toEqual([{ position: 1, hash }]);
  });
});
