import { DlqModule } from '#zakops/dlq';
import { DealsApi } from '../../../libs/deals/test/deals-api.js';
import { writeTicket } from './tickets.builder.js';

const KIB = 1_024;
const BIG = 'x'.repeat(250 * KIB);
const ROWS = 40;
/** Pages end at 4 MiB of payload, with the row that reaches them; a row may have its payload twice. */
const MOST_BYTES = 5 * 1_024 * KIB;

type Row = Readonly<Record<string, unknown>>;

describe('lists of large rows', () => {
  let api: DealsApi;

  beforeAll(async () => {
    api = await DealsApi.start({}, [DlqModule]);
    const id = await api.open();
    const big = JSON.stringify({ text: BIG });
    for (let n = 0; n < ROWS; n += 1) await writeTicket(api.database, { data: { deal_id: 'DEAL-000001', text: BIG } });
    await api.database.query(
      `INSERT INTO zakops.deal_activity (id, deal_id, seq, event_type, source, actor, actor_type, details, gap, created_at)
       SELECT gen_random_uuid(), $1, 100 + n, 'deal.updated', 'api', 'test', 'user', $2::jsonb, false, now() FROM generate_series(1, $3::int) n`,
      [id, big, ROWS],
    );
    for (let n = 0; n < ROWS; n += 1) await api.open({ canonical_name: 'big' });
    await api.database.query(`UPDATE zakops.deals SET metadata = $1::jsonb WHERE canonical_name = 'big'`, [big]);
    await api.database.query(
      `INSERT INTO zakops.audit_log (id, occurred_at, actor_type, actor_id, action, resource_type, resource_id, before)
       SELECT gen_random_uuid(), now(), 'user', 'test', 'test.big', 'test', n::text, $1::jsonb FROM generate_series(1, $2::int) n`,
      [big, ROWS],
    );
  });

  afterAll(async () => {
    await api.stop();
  });

  /** Walks by `Link` or by `next_cursor`, and gives the rows of each page. */
  async function pages(path: string, rowsOf: (body: unknown) => readonly Row[]): Promise<readonly (readonly Row[])[]> {
    const found: (readonly Row[])[] = [];
    for (let next: string | undefined = path; next !== undefined;) {
      const { status, text, body, headers } = await api.get(next);
      expect(status).toBe(200);
      expect(text.length).toBeLessThan(MOST_BYTES);
      found.push(rowsOf(body));
      const cursor = (body as { readonly next_cursor?: string | null }).next_cursor;
      next = typeof cursor === 'string' ? `${path}&cursor=${cursor}` : /^<(.*)>; rel="next"$/.exec(headers.get('link') ?? '')?.[1];
    }
    return found;
  }

  /** Walks by `offset`, as the API describes it, until `X-Next-Cursor` is missing. */
  async function pagesByOffset(path: string, rowsOf: (body: unknown) => readonly Row[]): Promise<readonly (readonly Row[])[]> {
    const found: (readonly Row[])[] = [];
    for (let [offset, isLast] = [0, false]; !isLast;) {
      const { status, body, headers } = await api.get(`${path}&offset=${String(offset)}`);
      expect(status).toBe(200);
      found.push(rowsOf(body));
      offset += found.at(-1)?.length ?? 0;
      isLast = headers.get('x-next-cursor') === null;
    }
    return found;
  }

  it.each<[string, (body: unknown) => readonly Row[], string]>([
    ['/api/events/by-correlation/DEAL-000001?limit=100', (body) => body as Row[], 'id'],
    ['/api/admin/dlq?limit=100', (body) => (body as { entries: Row[] }).entries, 'id'],
    ['/api/deals?limit=100&search=big', (body) => body as Row[], 'deal_id'],
  ])('tells who walks %s by offset where it ends, although pages are short', async (path, rowsOf, key) => {
    const found = await pagesByOffset(path, rowsOf);
    expect(found.length).toBeGreaterThan(2);
    expect(Math.max(...found.map((rows) => rows.length))).toBeLessThan(ROWS);
    expect(new Set(found.flat().map((row) => row[key])).size).toBe(ROWS);
    expect(found.flat()).toHaveLength(ROWS);
  });

  it.each<[string, (body: unknown) => readonly Row[], string]>([
    ['/api/events/recent?limit=200', (body) => body as Row[], 'id'],
    ['/api/events/by-correlation/DEAL-000001?limit=500', (body) => body as Row[], 'id'],
    ['/api/admin/dlq?limit=100', (body) => (body as { entries: Row[] }).entries, 'id'],
    ['/api/deals?limit=200', (body) => (body as Row[]).filter((row) => row['canonical_name'] === 'big'), 'deal_id'],
    ['/api/deals/DEAL-000001/events?limit=200', (body) => (body as Row[]).filter((row) => row['event_type'] === 'deal.updated'), 'id'],
    ['/api/admin/audit?limit=200&action=test.big', (body) => (body as { entries: Row[] }).entries, 'id'],
  ])('gives %s in pages of few bytes, each row once', async (path, rowsOf, key) => {
    const found = await pages(path, rowsOf);
    expect(found.length).toBeGreaterThan(2);
    expect(new Set(found.flat().map((row) => row[key])).size).toBe(ROWS);
    expect(found.flat()).toHaveLength(ROWS);
  });
});
