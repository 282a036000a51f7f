import { createTestDatabase } from '#zakops/testing';
import type { TestDatabase } from '#zakops/testing';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runCli } from './run-cli.js';
import { runOnTerminal } from './run-on-terminal.js';

describe('zakops deals and zakops demo', () => {
  let database: TestDatabase;
  let folder: string;

  beforeAll(async () => {
    database = await createTestDatabase();
    folder = await mkdtemp(join(tmpdir(), 'zakops-deals-'));
  });

  afterAll(async () => {
    await database.drop();
    await rm(folder, { recursive: true });
  });

  const file = (name: string): string => join(folder, name);
  const count = async (of: string): Promise<unknown> => (await database.query(`SELECT count(*)::int AS n FROM ${of}`))[0];

  it('imports a file without a worker, names what is wrong, and changes nothing the second time', async () => {
    await writeFile(file('deals.csv'), 'external_id,canonical_name,stage\nX-1,one,closing\nX-2,two,nope\nX-3,three,\n');
    const dry = await runCli(database.url, ['deals', 'import', file('deals.csv'), '--dry-run']);
    expect(dry).toEqual({
      code: 2,
      out: 'Would import 3 rows: 2 created, 0 changed, 0 unchanged, 1 failed.\n',
      error: expect.stringContaining('line 3: stage') as string,
    });
    expect(await count('zakops.deals')).toEqual({ n: 0 });
    const real = await runCli(database.url, ['deals', 'import', file('deals.csv')]);
    expect([real.code, real.out]).toEqual([2, 'Imported 3 rows: 2 created, 0 changed, 0 unchanged, 1 failed.\n']);
    expect(await database.query('SELECT actor FROM zakops.events ORDER BY id')).toEqual([{ actor: 'system:cli' }, { actor: 'system:cli' }]);
    const again = await runCli(database.url, ['deals', 'import', file('deals.csv')]);
    expect(again.out).toBe('Imported 3 rows: 0 created, 0 changed, 2 unchanged, 1 failed.\n');
    expect((await runCli(database.url, ['deals', 'import', file('missing.csv')])).code).toBe(1);
  });

  it('refuses a file that is no UTF-8, and takes an ending in capitals', async () => {
    await writeFile(file('LATIN.CSV'), Buffer.from('canonical_name\nz\xf6e\n', 'latin1'));
    const latin = await runCli(database.url, ['deals', 'import', file('LATIN.CSV')]);
    expect([latin.code, latin.error]).toEqual([1, expect.stringContaining('LATIN.CSV is not valid UTF-8.')]);
    await writeFile(file('DEALS.CSV'), 'external_id,canonical_name,stage\nX-1,one,closing\n');
    const { code, out } = await runCli(database.url, ['deals', 'import', file('DEALS.CSV')]);
    expect([code, out]).toEqual([0, 'Imported 1 rows: 0 created, 0 changed, 1 unchanged, 0 failed.\n']);
  });

  it('fails when the import is cancelled', async () => {
    await database.query(`
      CREATE FUNCTION zakops.cancel_at_once() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.state := 'cancelled'; RETURN NEW; END $$;
      CREATE TRIGGER cancel_at_once BEFORE INSERT ON zakops.deal_imports FOR EACH ROW EXECUTE FUNCTION zakops.cancel_at_once()`);
    const end = await runCli(database.url, ['deals', 'import', file('deals.csv')]);
    await database.query('DROP FUNCTION zakops.cancel_at_once CASCADE');
    expect([end.code, end.out, end.error]).toEqual([
      1,
      'Imported 1 rows: 0 created, 0 changed, 0 unchanged, 1 failed.\n',
      expect.stringContaining('The import is cancelled: 2 rows have no result.'),
    ]);
  });

  it('exports to a file and to the standard output, which an import takes back', async () => {
    const written = await runCli(database.url, ['deals', 'export', '--output', file('out.csv')]);
    expect(written).toEqual({ code: 0, out: '', error: expect.stringContaining('Wrote 2 deals') as string });
    const shown = await runCli(database.url, ['deals', 'export']);
    expect(shown.out).toBe(await readFile(file('out.csv'), 'utf8'));
    const back = await runCli(database.url, ['deals', 'import', file('out.csv')]);
    expect([back.code, back.out]).toEqual([0, 'Imported 2 rows: 0 created, 0 changed, 2 unchanged, 0 failed.\n']);
    const lines = (await runCli(database.url, ['deals', 'export', '--format', 'ndjson', '--stage', 'closing'])).out.trim().split('\n');
    expect(lines.map((line) => (JSON.parse(line) as { canonical_name: string }).canonical_name)).toEqual(['one']);
    for (const filter of [
      ['--stage', 'nope'],
      ['--status', 'nope'],
    ]) {
      const { code, out, error } = await runCli(database.url, ['deals', 'export', ...filter]);
      expect([code, out, error]).toEqual([1, '', expect.stringContaining('Allowed choices are')]);
    }
  });

  it('draws a bar of the deals that fit, and none between rows on the terminal', async () => {
    const rows = runOnTerminal(database.url, ['deals', 'export']);
    expect([await rows.ended, rows.screen().includes('Exporting')]).toEqual([0, false]);
    const bar = runOnTerminal(database.url, ['deals', 'export', '--stage', 'closing', '--output', file('closing.csv')]);
    expect([await bar.ended, bar.screen().includes('] 1/1')]).toEqual([0, true]);
  });

  it('fills an empty database with the same team for the same seed', async () => {
    const refused = await runCli(database.url, ['demo']);
    expect([refused.code, refused.error]).toEqual([1, expect.stringContaining('has deals already')]);
    const before = await count('zakops.deals');
    expect(await runCli(database.url, ['demo', '--if-empty'])).toEqual({ code: 0, out: '', error: '' });
    const withoutRight = await runCli(database.url, ['demo', '--force']);
    expect([withoutRight.code, withoutRight.error]).toEqual([1, expect.stringContaining('Run the demo as the role that migrates')]);
    expect([await count('zakops.deals'), await count('zakops.quarantine_items')]).toEqual([before, { n: 0 }]);
    const told = async (url: string, fresh: TestDatabase, ...more: string[]): Promise<unknown[]> => {
      const end = await runCli(url, ['demo', '--seed', '7', ...more]);
      expect(end).toEqual({ code: 0, out: 'Wrote 200 deals and 40 mails (seed 7).\n', error: '' });
      return fresh.query(
        `SELECT canonical_name, stage, status, source, broker, (now()::date - created_at::date) AS days,
                (SELECT count(*)::int FROM zakops.deal_stage_history h WHERE h.deal_id = d.deal_id) AS moves
           FROM zakops.deals d ORDER BY deal_id`,
      );
    };
    const [first, second] = [await createTestDatabase(), await createTestDatabase()];
    try {
      const [one, other] = [await told(first.ownerUrl, first), await told(second.ownerUrl, second, '--if-empty')];
      expect(other).toEqual(one);
      // Approved mail opens deals as well.
      const [ofMail] = await first.query<{ n: number }>(
        'SELECT count(*)::int AS n FROM zakops.quarantine_items WHERE created_deal_id IS NOT NULL',
      );
      expect(one).toHaveLength(200 + (ofMail?.n ?? 0));
      const [shape] = await first.query(
        `SELECT count(DISTINCT stage)::int AS stages, bool_and(created_at <= stage_entered_at) AS ordered, min(created_at) < now() - interval '80 days' AS old,
                count(*) FILTER (WHERE status = 'active' AND stage NOT LIKE 'closed%' AND stage_entered_at < now() - interval '30 days') > 5 AS has_stuck,
                (SELECT count(*) > 20 FROM zakops.deal_notes) AS noted, (SELECT count(*) > 10 FROM zakops.quarantine_items WHERE status = 'pending') AS mail,
                (SELECT count(*)::int FROM zakops.deal_stage_history h JOIN zakops.deals d USING (deal_id) WHERE h.created_at > d.stage_entered_at) AS late
           FROM zakops.deals`,
      );
      expect(shape).toEqual({ stages: 8, ordered: true, old: true, has_stuck: true, noted: true, mail: true, late: 0 });
      expect(await runCli(second.ownerUrl, ['demo', '--force'])).toEqual({
        code: 0,
        out: 'Wrote 200 deals and 40 mails (seed 1).\n',
        error: '',
      });
    } finally {
      await Promise.all([first.drop(), second.drop()]);
    }
  }, 120_000);
});
