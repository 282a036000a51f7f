import { AuditHttpModule } from '../src/audit-http.module.js';
import { linkHash } from '../src/chain/link-hash.js';
import type { ChainLink } from '../src/chain/link-hash.js';
import { AuditChainer } from '../src/index.js';
import type { VerificationReport } from '../src/index.js';
import { AuditChainReader } from '../src/verify/audit-chain.reader.js';
import { ChainVerifier } from '../src/verify/chain-verifier.js';
import type { VerificationScope } from '../src/verify/chain-verifier.js';
import { AuditTestbed } from './audit-testbed.js';

const HASH = 'f'.repeat(64);

describe(ChainVerifier.name, () => {
  let bed: AuditTestbed;

  beforeEach(async () => {
    bed = await AuditTestbed.create({}, [AuditHttpModule]);
  });

  afterEach(async () => {
    await bed.dispose();
  });

  const verify = (scope: VerificationScope = {}): Promise<VerificationReport> => bed.get(ChainVerifier).verify(scope);

  /** Chains ten entries and gives their ids and hashes by position. */
  async function tenLinks(): Promise<{ id: (position: number) => string; hash: (position: number) => string }> {
    await bed.record(10);
    await bed.get(AuditChainer).chainPending();
    const links = await bed.links();
    return { id: (position) => links[position - 1]?.entry_id ?? '', hash: (position) => links[position - 1]?.hash ?? '' };
  }

  /** Rewrites every link from `from` on, as an attacker with all rights could. */
  async function rebuildChain(from: number): Promise<void> {
    let previous = '0'.repeat(64);
    for await (const batch of bed.get(AuditChainReader).links(0, Number.MAX_SAFE_INTEGER)) {
      for (const { link, entry } of batch) {
        const rebuilt: ChainLink = { ...link, prevHash: link.position < from ? link.prevHash : previous };
        previous = link.position < from ? link.hash : linkHash(rebuilt, entry);
        await bed.tamper(`UPDATE zakops.audit_chain SET prev_hash = decode($2, 'hex'), hash = decode($3, 'hex') WHERE position = $1`, [
          link.position,
          rebuilt.prevHash,
          previous,
        ]);
      }
    }
  }

  const shown = ({ problems }: VerificationReport): unknown[] => problems.map(({ kind, position, entryId }) => [kind, position, entryId]);
  const states = ({ ranges }: VerificationReport): unknown[] => ranges.map(({ from, to, state }) => [from, to, state]);

  it('reports a chain that takes no further link, and checks the links it has', async () => {
    const { id } = await tenLinks();
    await bed.tamper(
      `INSERT INTO zakops.audit_chain SELECT 9007199254740991, gen_random_uuid(), hash, hash, chained_at FROM zakops.audit_chain WHERE position = 10`,
    );
    await bed.tamper(`UPDATE zakops.audit_log SET actor_id = 'somebody else' WHERE id = $1`, [id(3)]);
    await bed.record(1);
    const report = await verify();
    expect([report.ok, report.checked]).toEqual([false, 11]);
    expect(shown(report)).toEqual(
      expect.arrayContaining([
        ['changed', 3, id(3)],
        ['missing', 11, null],
        ['forked', null, null],
      ]),
    );
  });

  it('finds nothing in an empty log', async () => {
    expect(await verify()).toEqual({
      ok: true,
      checked: 0,
      head: { position: 0, hash: '0'.repeat(64) },
      start: { position: 0, hash: '0'.repeat(64) },
      problems: [],
      problemCount: 0,
      ranges: [],
    });
  });

  it('chains what waits, and finds nothing where nothing was done', async () => {
    await bed.record(1_200);
    const report = await verify();
    expect(report).toMatchObject({ ok: true, checked: 1_200, problems: [], ranges: [{ from: 1, to: 1_200, state: 'unanchored' }] });
    expect(report.head).toEqual({ position: 1_200, hash: (await bed.links()).at(-1)?.hash });
  });

  it('shows which links lead to an anchor', async () => {
    const { hash } = await tenLinks();
    const report = await verify({
      anchors: [
        { position: 8, hash: hash(8) },
        { position: 3, hash: hash(3) },
      ],
    });
    expect(report.ok).toBe(true);
    expect(states(report)).toEqual([
      [1, 8, 'anchored'],
      [9, 10, 'unanchored'],
    ]);
  });

  it.each([
    ['a value in the new state', `after = '{"n": 99}'`],
    ['a microsecond', `occurred_at = occurred_at + interval '1 us'`],
    ['the era', `occurred_at = (occurred_at::text || ' BC')::timestamptz`],
    ['an instant to none', `occurred_at = 'infinity'`],
    ['nothing to null', `before = 'null'`],
    ['a number beyond what a double can tell', `after = '{"n": 5.00000000000000000001}'`],
    ['the actor', `actor_id = 'somebody else'`],
    ['an absent text to an empty one', `trace_id = ''`],
  ])('finds an entry that was changed: %s', async (_what, change) => {
    const { id, hash } = await tenLinks();
    await bed.tamper(`UPDATE zakops.audit_log SET ${change} WHERE id = $1`, [id(5)]);
    const report = await verify({ anchors: [{ position: 10, hash: hash(10) }] });
    expect([report.ok, shown(report)]).toEqual([false, [['changed', 5, id(5)]]]);
    expect(states(report)).toEqual([
      [1, 4, 'anchored'],
      [5, 5, 'contradicted'],
      [6, 10, 'anchored'],
    ]);
  });

  it('does not mind how the same value is written', async () => {
    const { id } = await tenLinks();
    await bed.tamper(`UPDATE zakops.audit_log SET after = '  {"n"  :5}' WHERE id = $1`, [id(5)]);
    expect((await verify()).ok).toBe(true);
  });

  it('finds an entry that was deleted', async () => {
    const { id } = await tenLinks();
    await bed.tamper('DELETE FROM zakops.audit_log WHERE id = $1', [id(5)]);
    expect(shown(await verify())).toEqual([['missing', 5, id(5)]]);
  });

  it('finds an entry that was deleted before it was chained', async () => {
    await bed.record(3);
    const [{ id } = { id: '' }] = await bed.database.query<{ id: string }>('SELECT id FROM zakops.audit_log ORDER BY id LIMIT 1 OFFSET 1');
    await bed.tamper('DELETE FROM zakops.audit_log WHERE id = $1', [id]);
    expect(shown(await verify())).toEqual([['missing', 2, id]]);
  });

  it('finds a link that was deleted, and the entry without it', async () => {
    const { id, hash } = await tenLinks();
    await bed.tamper('DELETE FROM zakops.audit_chain WHERE position = 5');
    const report = await verify({ anchors: [{ position: 10, hash: hash(10) }] });
    expect(shown(report)).toEqual([
      ['missing', 5, null],
      ['unchained', null, id(5)],
    ]);
    expect(states(report)).toEqual([
      [1, 5, 'contradicted'],
      [6, 10, 'anchored'],
    ]);
  });

  it('finds entry and link deleted together', async () => {
    const { id } = await tenLinks();
    await bed.tamper('DELETE FROM zakops.audit_chain WHERE position IN (4, 5)');
    await bed.tamper('DELETE FROM zakops.audit_log WHERE id IN ($1, $2)', [id(4), id(5)]);
    const { problems } = await verify();
    expect(problems).toEqual([{ kind: 'missing', position: 4, entryId: null, detail: 'Links 4 to 5 are gone.' }]);
  });

  it('finds a chain that was cut off at its end by an anchor only', async () => {
    const { id, hash } = await tenLinks();
    await bed.tamper('DELETE FROM zakops.audit_chain WHERE position > 8');
    await bed.tamper('DELETE FROM zakops.audit_log WHERE id IN ($1, $2)', [id(9), id(10)]);
    expect((await verify()).ok).toBe(true);
    const report = await verify({
      anchors: [
        { position: 6, hash: hash(6) },
        { position: 10, hash: hash(10) },
      ],
    });
    expect([report.ok, shown(report)]).toEqual([false, [['missing', 10, null]]]);
    expect(states(report)).toEqual([
      [1, 6, 'anchored'],
      [7, 10, 'contradicted'],
    ]);
  });

  it('finds two entries that changed places', async () => {
    const { id, hash } = await tenLinks();
    await bed.tamper(`UPDATE zakops.audit_chain SET entry_id = gen_random_uuid() WHERE position = 4`);
    await bed.tamper(`UPDATE zakops.audit_chain SET entry_id = $1 WHERE position = 7`, [id(4)]);
    await bed.tamper(`UPDATE zakops.audit_chain SET entry_id = $1 WHERE position = 4`, [id(7)]);
    const report = await verify({ anchors: [{ position: 10, hash: hash(10) }] });
    expect(shown(report)).toEqual([
      ['changed', 4, id(7)],
      ['changed', 7, id(4)],
    ]);
  });

  it('finds two whole links that changed places', async () => {
    const { id } = await tenLinks();
    for (const [from, to] of [
      [4, 1_000],
      [7, 4],
      [1_000, 7],
    ]) {
      await bed.tamper('UPDATE zakops.audit_chain SET position = $2 WHERE position = $1', [from, to]);
    }
    expect(shown(await verify())).toEqual([
      ['changed', 4, id(7)],
      ['changed', 7, id(4)],
    ]);
  });

  it('finds a link taken out and the others moved up', async () => {
    const { id } = await tenLinks();
    await bed.tamper('DELETE FROM zakops.audit_chain WHERE position = 5');
    await bed.tamper('DELETE FROM zakops.audit_log WHERE id = $1', [id(5)]);
    for (let position = 6; position <= 10; position += 1) {
      await bed.tamper('UPDATE zakops.audit_chain SET position = position - 1 WHERE position = $1', [position]);
    }
    expect(shown(await verify())).toEqual([5, 6, 7, 8, 9].map((position) => ['changed', position, id(position + 1)]));
  });

  it('finds a changed entry whose link was rewritten', async () => {
    const { id, hash } = await tenLinks();
    await bed.tamper(`UPDATE zakops.audit_log SET after = '{"n": 99}' WHERE id = $1`, [id(5)]);
    for await (const batch of bed.get(AuditChainReader).links(4, 5)) {
      for (const { link, entry } of batch) {
        await bed.tamper(`UPDATE zakops.audit_chain SET hash = decode($1, 'hex') WHERE position = 5`, [linkHash(link, entry)]);
      }
    }
    const report = await verify({ anchors: [{ position: 10, hash: hash(10) }] });
    expect(shown(report)).toEqual([['forked', 6, id(6)]]);
    expect(states(report)).toEqual([
      [1, 5, 'contradicted'],
      [6, 10, 'anchored'],
    ]);
  });

  it('finds a second link of one position, also at the end of a batch', async () => {
    await bed.record(500);
    await bed.get(AuditChainer).chainPending();
    await bed.tamper('ALTER TABLE zakops.audit_chain DROP CONSTRAINT audit_chain_pk');
    await bed.record(1);
    const [{ id } = { id: '' }] = await bed.database.query<{ id: string }>('DELETE FROM zakops.audit_pending RETURNING entry_id AS id');
    await bed.tamper(
      'INSERT INTO zakops.audit_chain SELECT 500, $1, prev_hash, hash, chained_at FROM zakops.audit_chain WHERE position = 500',
      [id],
    );
    const report = await verify();
    expect(report.problems.map(({ kind, position }) => [kind, position])).toContainEqual(['forked', 500]);
    expect(report.ok).toBe(false);
  });

  it('finds an entry that was put into the log beside the queue', async () => {
    await tenLinks();
    const [{ id } = { id: '' }] = await bed.database.query<{ id: string }>(
      `INSERT INTO zakops.audit_log (id, actor_type, actor_id, action, resource_type, resource_id)
       VALUES (gen_random_uuid(), 'user', 'a', 'deal.updated', 'deal', 'D-1') RETURNING id`,
    );
    expect(shown(await verify())).toEqual([['unchained', null, id]]);
  });

  it('does not take an entry for unchained that commits while it looks', async () => {
    const writing = bed.record(300);
    const reports = [];
    for (let n = 0; n < 10; n += 1) reports.push(await verify());
    await writing;
    expect(reports.flatMap(shown)).toEqual([]);
  });

  it('finds a whole chain that was rewritten from its start by the anchors, and by them only', async () => {
    const { id, hash } = await tenLinks();
    await bed.tamper(`UPDATE zakops.audit_log SET actor_id = 'innocent' WHERE id = $1`, [id(2)]);
    await rebuildChain(1);
    expect(await verify()).toMatchObject({ ok: true, problems: [], ranges: [{ from: 1, to: 10, state: 'unanchored' }] });
    const report = await verify({
      anchors: [
        { position: 1, hash: hash(1) },
        { position: 6, hash: hash(6) },
      ],
    });
    expect([report.ok, shown(report)]).toEqual([false, [['contradicted', 6, null]]]);
    expect(states(report)).toEqual([
      [1, 1, 'anchored'],
      [2, 6, 'contradicted'],
      [7, 10, 'unanchored'],
    ]);
  });

  it('verifies a part: the link before it counts, what is outside does not', async () => {
    const { id, hash } = await tenLinks();
    await bed.tamper(`UPDATE zakops.audit_log SET actor_id = 'x' WHERE id IN ($1, $2)`, [id(2), id(9)]);
    const anchors = [2, 6, 9].map((position) => ({ position, hash: position === 6 ? hash(6) : HASH }));
    const report = await verify({ from: 4, to: 8, anchors });
    expect(report).toMatchObject({ ok: true, checked: 5, head: { position: 10 } });
    expect(states(report)).toEqual([
      [4, 6, 'anchored'],
      [7, 8, 'unanchored'],
    ]);
    await rebuildChain(5);
    expect(shown(await verify({ from: 5, to: 8 }))).toEqual([]);
    await bed.tamper(`UPDATE zakops.audit_chain SET hash = decode($1, 'hex') WHERE position = 4`, [HASH]);
    expect(shown(await verify({ from: 5, to: 8 }))).toEqual([['forked', 5, id(5)]]);
  });

  it('lists the first thousand problems and counts them all', async () => {
    await bed.database.query(
      `WITH e AS (INSERT INTO zakops.audit_log (id, actor_type, actor_id, action, resource_type, resource_id)
                  SELECT gen_random_uuid(), 'user', 'a', 'deal.updated', 'deal', n::text FROM generate_series(1, 2500) n RETURNING id)
       INSERT INTO zakops.audit_pending SELECT id FROM e`,
    );
    const { head } = await verify();
    await bed.tamper(`UPDATE zakops.audit_log SET actor_id = 'x'`);
    const report = await verify({ anchors: [head] });
    expect([report.problems.length, report.problemCount, states(report)]).toEqual([1_000, 2_500, [[1, 2_500, 'contradicted']]]);
  });

  it('stops when it is told to', async () => {
    await tenLinks();
    await expect(bed.get(ChainVerifier).verify({}, AbortSignal.abort(new Error('left')))).rejects.toThrow('left');
  });
});
