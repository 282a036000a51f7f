import { UnitOfWork } from '#zakops/database';
import { AuditHttpModule } from '../src/audit-http.module.js';
import { AuditRetention } from '../src/retention/audit-retention.js';
import { GENESIS_HASH, linkHash } from '../src/chain/link-hash.js';
import { AuditChainer } from '../src/index.js';
import { AuditChainReader } from '../src/verify/audit-chain.reader.js';
import { ChainVerifier } from '../src/verify/chain-verifier.js';
import { exportEnd, exportLine } from '../src/verify/export-line.js';
import { verifyExport } from '../src/verify/verify-export.js';
import { AuditTestbed } from './audit-testbed.js';

const DAYS = 60;
const MOST = 5_000;

describe(AuditRetention.name, () => {
  let bed: AuditTestbed;
  beforeEach(async () => {
    bed = await AuditTestbed.create({ AUDIT_RETENTION_DAYS: String(DAYS) }, [AuditHttpModule]);
  });
  afterEach(() => bed.dispose());

  /** As the worker does it, with the rights of the run-time role. */
  const purge = async (days = DAYS, most = MOST): Promise<number> => {
    const [row] = await bed.get(UnitOfWork).runApart((tx) => tx.query<{ n: number }>(bed.get(AuditRetention).purge, [days, most]));
    return row?.n ?? -1;
  };
  const entries = async (count: number): Promise<void> => {
    await bed.record(count);
    await bed.get(AuditChainer).chainPending();
  };
  /** Makes every entry and link so many days older, with genuine hashes. */
  const age = async (days: number): Promise<void> => {
    await bed.tamper(`UPDATE zakops.audit_log SET occurred_at = occurred_at - $1 * interval '1 day'`, [days]);
    await bed.tamper(`UPDATE zakops.audit_chain SET chained_at = chained_at - $1 * interval '1 day'`, [days]);
    let previous = GENESIS_HASH;
    for await (const batch of bed.get(AuditChainReader).links(0, Number.MAX_SAFE_INTEGER)) {
      for (const { link, entry } of batch) {
        const hash = linkHash({ ...link, prevHash: previous }, entry);
        const hashes = [link.position, previous, hash];
        await bed.tamper(
          `UPDATE zakops.audit_chain SET prev_hash = decode($2, 'hex'), hash = decode($3, 'hex') WHERE position = $1`,
          hashes,
        );
        previous = hash;
      }
    }
  };
  const hashAt = async (position: number): Promise<string> => (await bed.get(AuditChainReader).hashAt(position)) ?? 'none';
  /** Notes the head as an anchor that was sent so many days ago. */
  const anchor = async (daysAgo: number, failures = '{}'): Promise<{ position: number; hash: string }> => {
    const [row] = await bed.database.query<{ position: number; hash: string }>(
      `INSERT INTO zakops.audit_anchors (position, hash, anchored_at, targets, failures)
       SELECT position, hash, now() - $1 * interval '1 day', '{log}', $2::jsonb FROM zakops.audit_chain ORDER BY position DESC LIMIT 1
       RETURNING position::int, encode(hash, 'hex') AS hash`,
      [daysAgo, failures],
    );
    if (row === undefined) throw new Error('The chain is empty.');
    return row;
  };
  const left = async (): Promise<unknown> => {
    const [row] = await bed.database.query(
      `SELECT (SELECT count(*)::int FROM zakops.audit_log) AS entries, (SELECT min(position)::int FROM zakops.audit_chain) AS first`,
    );
    return row;
  };

  it('removes entries and links up to the last anchor that is old enough, and the rest verifies', async () => {
    await entries(12);
    await age(70);
    const old = await anchor(70);
    await entries(3);
    await anchor(50);
    await entries(5);
    const last = { position: 20, hash: await hashAt(20) };
    expect([await purge(), await purge()]).toEqual([12, 0]);
    expect(await left()).toEqual({ entries: 8, first: 13 });

    const report = await bed.get(ChainVerifier).verify({ anchors: [old, last] });
    expect(report).toMatchObject({ ok: true, checked: 8, start: old, ranges: [{ from: 13, to: 20, state: 'anchored' }] });
    // A position that is gone is not missed, and the chain goes on.
    expect(await bed.get(ChainVerifier).verify({ from: 5, to: 14 })).toMatchObject({ ok: true, checked: 2 });
    await entries(2);
    expect(await bed.get(ChainVerifier).verify({})).toMatchObject({ ok: true, checked: 10 });
  });

  it('shows an anchor that contradicts what was removed, and a first link that does not follow it', async () => {
    await entries(4);
    await age(70);
    const old = await anchor(70);
    await entries(3);
    await purge();
    const forged = { ...old, hash: 'f'.repeat(64) };
    expect(await bed.get(ChainVerifier).verify({ anchors: [forged] })).toMatchObject({
      ok: false,
      problems: [{ kind: 'contradicted', position: 4 }],
    });
    await bed.tamper(`UPDATE zakops.audit_chain_start SET hash = decode(repeat('f', 64), 'hex')`);
    expect(await bed.get(ChainVerifier).verify({})).toMatchObject({ ok: false, problems: [{ kind: 'forked', position: 5 }] });
  });

  it('goes in portions, and an export of the rest verifies without the database', async () => {
    await entries(9);
    await age(70);
    await anchor(70);
    await entries(2);
    expect([await purge(DAYS, 4), await left()]).toEqual([4, { entries: 7, first: 5 }]);
    expect(await bed.get(ChainVerifier).verify({})).toMatchObject({ ok: true, checked: 7, start: { position: 4 } });
    expect([await purge(DAYS, 4), await purge(DAYS, 4), await purge(DAYS, 4)]).toEqual([4, 1, 0]);

    const lines: string[] = [];
    for await (const batch of bed.get(AuditChainReader).links(0, 11)) lines.push(...batch.map(exportLine));
    lines.push(exportEnd({ count: lines.length, head: { position: 11, hash: await hashAt(11) } }));
    const report = await verifyExport(toStream(lines), [{ position: 11, hash: await hashAt(11) }]);
    expect(report).toMatchObject({ ok: true, checked: 2, ranges: [{ from: 10, to: 11, state: 'anchored' }] });
  });

  it('does not take for missing what retention removes while a verification reads', async () => {
    await entries(5);
    await age(70);
    await anchor(70);
    await entries(3);
    const reader = bed.get(AuditChainReader);
    const links = reader.links.bind(reader);
    let removed = 0;
    jest.spyOn(reader, 'links').mockImplementation(async function* (after, to, signal) {
      removed += await purge();
      yield* links(after, to, signal);
    });
    const report = await bed.get(ChainVerifier).verify({});
    expect([removed, report]).toMatchObject([5, { ok: true, checked: 3, start: { position: 5 } }]);
  });

  it('removes nothing without an old anchor that every target has taken and that the chain confirms', async () => {
    await entries(5);
    await age(70);
    expect(await purge()).toBe(0);
    await anchor(59);
    await anchor(70, '{"webhook": "HTTP 500"}');
    expect(await purge()).toBe(0);
    await bed.database.query(
      `INSERT INTO zakops.audit_anchors (position, hash, anchored_at, targets, failures) VALUES (5, decode(repeat('a', 64), 'hex'), now() - interval '70 days', '{log}', '{}')`,
    );
    expect(await purge()).toBe(0);
    expect(await left()).toEqual({ entries: 5, first: 1 });
  });

  it('removes nothing young, whatever time an anchor claims', async () => {
    await entries(3);
    await age(70);
    await entries(4);
    await anchor(70);
    expect([await purge(), await left()]).toEqual([3, { entries: 4, first: 4 }]);
  });

  it('never removes the last link, because the next one has to follow it', async () => {
    await entries(5);
    await age(70);
    await anchor(70);
    expect([await purge(), await left()]).toEqual([4, { entries: 1, first: 5 }]);
    await entries(1);
    expect(await bed.get(ChainVerifier).verify({})).toMatchObject({ ok: true, checked: 2 });
  });

  it('leaves everything where a link is missing, because that is evidence', async () => {
    await entries(6);
    await age(70);
    await anchor(70);
    await entries(1);
    await bed.tamper('DELETE FROM zakops.audit_chain WHERE position = 3');
    expect(await purge()).toBe(0);
    expect(await bed.get(ChainVerifier).verify({})).toMatchObject({ ok: false });
  });

  it.each([
    [29, 100],
    [30, 0],
    [30, 5_001],
  ])('refuses %p days and %p entries', async (days, most) => {
    await expect(purge(days, most)).rejects.toMatchObject({ cause: { cause: { code: '22023' } } });
  });

  it('is the only way to remove an entry: the run-time role may not, and its owner is refused', async () => {
    await entries(2);
    const remove = bed.get(UnitOfWork).runApart(async (tx) => {
      await tx.query(`SELECT set_config('zakops.purges_audit', 'on', true)`);
      return tx.query('DELETE FROM zakops.audit_log');
    });
    await expect(remove).rejects.toMatchObject({ cause: { cause: { code: '42501' } } });
    await expect(bed.database.query('DELETE FROM zakops.audit_chain')).rejects.toMatchObject({ code: '42501' });
  });
});

async function* toStream(lines: readonly string[]): AsyncGenerator<string> {
  await Promise.resolve();
  for (const line of lines) yield line.trimEnd();
}
