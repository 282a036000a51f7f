import * as fc from 'fast-check';
import { DealsApi } from '../../../libs/deals/test/deals-api.js';

type Json = Readonly<Record<string, unknown>>;

/** A row: what it is known by, and which of a few places in the order it takes. Rows at one place are told apart by their ids. */
interface Row {
  readonly mark: string;
  readonly place: number;
}

/** A list of its own for one walk. */
interface List {
  readonly path: string;
  readonly add: (row: Row) => Promise<unknown>;
  /** What the rows of a page are known by. */
  readonly marksOf: (body: unknown) => readonly unknown[];
}

const PLACES = 4;
/** SQL: the instant of a place; places lie a microsecond apart. */
const AT = `timestamptz '2026-01-31T12:00:00Z' + $2::int * interval '1 microsecond'`;

describe('a walk by cursor while rows are added between its pages', () => {
  let api: DealsApi;
  let numbers = 0;

  beforeAll(async () => {
    api = await DealsApi.start();
  });

  afterAll(() => api.stop());

  const next = (): string => `m${String((numbers += 1))}`;
  const members =
    (name: string) =>
    (body: unknown): readonly unknown[] =>
      (body as Json[]).map((row) => row[name]);
  const inserting =
    (sql: string, ...more: string[]) =>
    ({ mark, place }: Row): Promise<unknown> =>
      api.database.query(sql, [mark, place, ...more]);

  const queue = (): Promise<List> => {
    const sender = `${next()}@example.com`;
    const add = inserting(
      `INSERT INTO zakops.quarantine_items (message_id, created_at, urgency, sender)
       VALUES ($1, ${AT}, (ARRAY['HIGH', 'MEDIUM', 'LOW', NULL])[1 + ascii(right($1, 1)) % 4], $3)`,
      sender,
    );
    return Promise.resolve({ path: `/quarantine?sender=${sender}`, add, marksOf: members('message_id') });
  };

  const senders = async (): Promise<List> => {
    await api.database.query('DELETE FROM zakops.sender_profiles');
    // Those at the first place have sent no mail yet.
    const add = inserting(
      `INSERT INTO zakops.sender_profiles (email, domain, last_email_at) VALUES ($1, 'example.com', CASE WHEN $2::int > 0 THEN ${AT} END)`,
    );
    return { path: '/senders?', add, marksOf: members('email') };
  };

  const mailNotes = async (): Promise<List> => {
    const { id } = (await api.post('/quarantine', { message_id: next() })).body as { id: string };
    const add = inserting(
      `INSERT INTO zakops.quarantine_notes (id, item_id, content, author, created_at) VALUES (gen_random_uuid(), $3, $1, 'ann', ${AT})`,
      id,
    );
    return { path: `/quarantine/${id}/notes?`, add, marksOf: members('content') };
  };

  const NOTE = `INSERT INTO zakops.deal_notes (id, deal_id, content, category, author, created_at)
                VALUES (gen_random_uuid(), $3, $1, 'general', 'ann', ${AT})`;

  const dealNotes = async (): Promise<List> => {
    const deal = await api.open();
    return { path: `/deals/${deal}/notes?`, add: inserting(NOTE, deal), marksOf: members('content') };
  };

  const timeline = async (): Promise<List> => {
    const deal = await api.open();
    const sources = [
      NOTE,
      `INSERT INTO zakops.deal_stage_history (deal_id, from_stage, to_stage, transitioned_by, reason, created_at)
       VALUES ($3, 'inbound', 'initial_review', 'ann', $1, ${AT})`,
      `INSERT INTO zakops.actions (action_id, deal_id, action_type, title, status, created_at) VALUES ($1, $3, 'x', $1, 'READY', ${AT})`,
      `INSERT INTO zakops.deal_activity (id, deal_id, seq, event_type, source, actor, actor_type, details, created_at)
       VALUES (gen_random_uuid(), $3, -substr($1, 2)::int, 'deal.updated', 'api', $1, 'user', '{}', ${AT})`,
    ];
    const add = (row: Row): Promise<unknown> => inserting(sources[Number(row.mark.slice(1)) % sources.length] ?? NOTE, deal)(row);
    const marksOf = (body: unknown): readonly unknown[] =>
      (body as { activities: { data: Json }[] }).activities.map(
        ({ data }) => data['excerpt'] ?? data['reason'] ?? data['title'] ?? data['actor'],
      );
    return { path: `/deals/${deal}/timeline?`, add, marksOf };
  };

  const importRows = async (): Promise<List> => {
    const [task] = await api.database.query<{ id: string }>(
      `INSERT INTO zakops.deal_imports (id, is_dry_run, actor_type, actor_id, created_by, total_rows)
       VALUES (gen_random_uuid(), true, 'system', 'x', 'x', 0) RETURNING id`,
    );
    const id = task?.id ?? '';
    // Lines in no order.
    const add = inserting(
      `INSERT INTO zakops.deal_import_rows (import_id, line, state, detail) VALUES ($3, $2 * 1000000 + substr($1, 2)::int, 'failed', $1)`,
      id,
    );
    return { path: `/deals/imports/${id}/rows?`, add, marksOf: members('detail') };
  };

  async function walk({ path, marksOf }: List, limit: number, betweenPages: (page: number) => Promise<unknown>): Promise<unknown[]> {
    const seen: unknown[] = [];
    let link: string | undefined = `${path}&limit=${String(limit)}`;
    for (let page = 0; link !== undefined; page += 1) {
      const { status, body, headers, text } = await api.get(link);
      if (status !== 200) throw new Error(text);
      if (page > 50) throw new Error('The walk does not end.');
      const marks = marksOf(body);
      if (marks.length > limit) throw new Error(`A page has ${String(marks.length)} rows instead of ${String(limit)}.`);
      seen.push(...marks);
      link = /<([^>]+)>; rel="next"/.exec(headers.get('link') ?? '')?.[1];
      if (link !== undefined) await betweenPages(page);
    }
    return seen;
  }

  it.each([
    ['quarantine', queue],
    ['senders', senders],
    ['notes on mail', mailNotes],
    ['notes of a deal', dealNotes],
    ['the timeline', timeline],
    ['rows of an import', importRows],
  ] as const)('shows every earlier row once, and none twice: %s', async (_name, begin) => {
    const places = fc.array(fc.nat(PLACES - 1), { minLength: 2, maxLength: 9 });
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 4 }), places, places, async (limit, before, between) => {
        const list = await begin();
        const put = async (place: number): Promise<string> => {
          const mark = next();
          await list.add({ mark, place });
          return mark;
        };
        const earlier: string[] = [];
        for (const place of before) earlier.push(await put(place));

        const seen = await walk(list, limit, async (page) => {
          const place = between[page];
          if (place !== undefined) await put(place);
        });

        expect(seen.filter((mark) => earlier.includes(String(mark))).sort()).toEqual([...earlier].sort());
        expect(new Set(seen).size).toBe(seen.length);
      }),
      { numRuns: 15 },
    );
  });
});
