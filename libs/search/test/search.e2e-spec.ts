import { createTestDatabase, startApi } from '#zakops/testing';
import type { TestDatabase } from '#zakops/testing';
import pg from 'pg';
import { prepareTrigramSearch } from '../../../apps/cli/src/commands/migrate/prepare-trigram-search.js';
import { StatementBatch } from '../../database/src/statement-batch.js';
import type { BatchedStatement } from '../../database/src/statement-batch.js';
import { DealsApi } from '../../deals/test/deals-api.js';
import { plansOf, rowsOf } from '../../outbox/test/rows-read.js';

interface Page {
  readonly results: readonly Record<string, unknown>[];
  readonly next_cursor: string | null;
  readonly has_more: boolean;
  readonly corrections: readonly string[];
}

describe('search', () => {
  let database: TestDatabase;
  let api: DealsApi;
  beforeAll(async () => {
    database = await createTestDatabase();
    api = await DealsApi.on(database);
  });
  afterAll(() => api.stop());

  const search = async (kind: string, parameters: Readonly<Record<string, string>>): Promise<Page> => {
    const { status, body } = await api.get(`/search/${kind}?${new URLSearchParams(parameters).toString()}`);
    expect([status, status === 200 ? '' : body]).toEqual([200, '']);
    return body as Page;
  };
  const ids = async (parameters: Readonly<Record<string, string>>): Promise<unknown[]> =>
    (await search('deals', parameters)).results.map((hit) => hit['deal_id']);

  it('finds a deal right after its commit, in the form of the original', async () => {
    const id = await api.open({
      canonical_name: 'zebra-logistics',
      company_info: { company_name: 'Zebra & Co', location: { city: 'Tulsa' } },
    });
    const page = await search('deals', { q: 'zebra' });
    expect(page).toEqual({
      results: [
        {
          deal_id: id,
          canonical_name: 'zebra-logistics',
          company_name: 'Zebra & Co',
          stage: 'inbound',
          status: 'active',
          created_at: expect.any(String) as string,
          updated_at: expect.any(String) as string,
          highlights: {
            canonical_name: [
              { text: 'zebra', match: true },
              { text: '-logistics', match: false },
            ],
            company_name: [
              { text: 'Zebra', match: true },
              { text: ' & Co', match: false },
            ],
          },
        },
      ],
      next_cursor: null,
      has_more: false,
      query: 'zebra',
      total: null,
      limit: 20,
      offset: 0,
      corrections: [],
    });
    // By a beginning, by a text of the company, by the number of the id, by words in any order; not by a name of a field.
    expect(await ids({ q: 'zeb' })).toEqual([id]);
    expect(await ids({ q: 'tulsa' })).toEqual([id]);
    expect(await ids({ q: id })).toEqual([id]);
    expect(await ids({ q: 'LOGIS zebra' })).toEqual([id]);
    expect(await ids({ q: 'location' })).toEqual([]);
  });

  it('follows a change of the name, and forgets a deleted deal', async () => {
    const id = await api.open({ canonical_name: 'oldname' });
    await api.patch(`/deals/${id}`, { canonical_name: 'newname' });
    expect(await ids({ q: 'oldname' })).toEqual([]);
    expect(await ids({ q: 'newname' })).toEqual([id]);
    await database.query('UPDATE zakops.deals SET deleted = true WHERE deal_id = $1', [id]);
    expect(await ids({ q: 'newname' })).toEqual([]);
  });

  it('takes accents, forms and case as one', async () => {
    const id = await api.open({ canonical_name: 'Crème Brûlée Größe Łódź' });
    for (const q of ['creme', 'CRE\u0300ME', 'crème', 'brulee', 'grosse', 'GRÖSSE', 'lodz', 'ｃｒｅｍｅ'])
      expect([q, await ids({ q })]).toEqual([q, [id]]);
  });

  it.each([
    ['%'],
    ['\\'],
    ['&|!'],
    [`'"`],
    ['🚀'],
    ["a'); DROP TABLE zakops.deals; --"],
    ['\u202Eabc'],
    ['the of and'],
    ['<->'],
    ['xyzzy:*'],
  ])('answers %j', async (q) => {
    expect((await search('deals', { q })).results).toEqual([]);
  });

  it('finds right-to-left names', async () => {
    const id = await api.open({ canonical_name: 'שלום Ltd' });
    expect(await ids({ q: '\u200Fשָׁלוֹם' })).toEqual([id]);
  });

  it.each<[Record<string, string>, string]>([
    [{ q: 'x'.repeat(10_000) }, 'q'],
    [{ q: Array.from({ length: 17 }, (_, n) => `w${String(n)}`).join(' ') }, 'q'],
    [{}, 'q'],
    [{ q: '' }, 'q'],
    [{ q: 'x', status: 'nope' }, 'status'],
    [{ q: 'x', stage: 'nope' }, 'stage'],
    [{ q: 'x', limit: '101' }, 'limit'],
    [{ q: 'x', cursor: 'eyJpZCI6MX0' }, 'cursor'],
    [{ q: 'x', surprise: '1' }, 'surprise'],
  ])('refuses %j with the field named', async (parameters, pointer) => {
    const { status, body } = await api.get(`/search/deals?${new URLSearchParams(parameters).toString()}`);
    expect([status, body]).toEqual([
      400,
      expect.objectContaining({ code: 'VALIDATION_ERROR', errors: [expect.objectContaining({ pointer })] }),
    ]);
  });

  it('forgives a typing error when the given words find too little, and says so', async () => {
    const id = await api.open({ canonical_name: 'Kowalski Refrigeration' });
    const page = await search('deals', { q: 'refrigertion kowlaski' });
    expect([page.results.map((hit) => hit['deal_id']), page.corrections]).toEqual([[id], ['refrigeration', 'kowalski']]);
  });

  it('forgives a typing error on pages of any size', async () => {
    await api.open({ canonical_name: 'Brandenbrg One' });
    await api.open({ canonical_name: 'Brandenbrg Two' });
    const id = await api.open({ canonical_name: 'Brandenburg Three' });
    for (const limit of ['1', '20']) {
      const page = await search('deals', { q: 'brandenbrg', limit });
      expect([page.results[0]?.['deal_id'], page.corrections]).toEqual([id, ['brandenburg']]);
    }
  });

  it('walks through common and misspelled words without a repetition', async () => {
    await database.query(`
      INSERT INTO zakops.deals (deal_id, canonical_name, stage, status, version, updated_at)
      SELECT zakops.next_deal_id(), 'Walking Laundromat ' || n, CASE n % 2 WHEN 0 THEN 'inbound' ELSE 'initial_review' END, 'active', 1,
             now() - interval '1 day' - (n / 5) * interval '1 second' FROM generate_series(1, 700) AS n`);
    for (const [q, stage, wanted] of [
      ['laundr', undefined, 700],
      ['landromat', undefined, 700],
      ['laundromat walking', 'initial_review', 350],
    ] as const) {
      const seen: unknown[] = [];
      let cursor: string | null = null;
      do {
        const page: Page = await search('deals', { q, limit: '100', ...(stage && { stage }), ...(cursor !== null && { cursor }) });
        seen.push(...page.results.map((hit) => hit['deal_id']));
        cursor = page.next_cursor;
      } while (cursor !== null);
      expect([q, seen.length, new Set(seen).size]).toEqual([q, wanted, wanted]);
    }
    const [newest] = (await search('deals', { q: 'laundromat', limit: '1' })).results;
    expect(newest?.['canonical_name']).toBe('Walking Laundromat 4');
  });

  it('reads no more rows for a page than its statements say, by their indexes', async () => {
    // The rare word is behind the newest rows.
    await database.query(`
      INSERT INTO zakops.deals (deal_id, canonical_name, stage, status, version, updated_at)
      SELECT zakops.next_deal_id(), CASE WHEN n > 3600 THEN 'Quixotic ' ELSE 'Filler ' END || translate(md5(n::text), '0123456789', 'ghijklmnop'),
             'inbound', 'active', 1, now() - n * interval '1 microsecond' FROM generate_series(1, 5000) AS n`);
    await database.query('ANALYZE zakops.deals, zakops.search_deals, zakops.search_words');
    const client = await database.connect();
    // So small a table is read as cheaply without its index.
    await client.query('SET enable_seqscan = off');
    /** The rows that each statement of a search reads, by table, in whichever way the server plans it. */
    const readBy = async (parameters: Readonly<Record<string, string>>): Promise<unknown[]> => {
      const read: unknown[] = [];
      for (const { text, values } of await sentBy(() => search('deals', parameters))) {
        for (const { nodes } of await plansOf(client, text, values)) {
          const rows = (table: string): number =>
            nodes.filter((node) => node['Relation Name'] === table).reduce((sum, node) => sum + rowsOf(node), 0);
          const indexes = nodes.flatMap((node) => node['Index Name'] ?? []).filter((name) => name.startsWith('search_'));
          read.push([rows('deals'), rows('search_deals'), rows('search_words'), ...indexes]);
        }
      }
      return read;
    };
    const twice = (...read: unknown[]): unknown[] => [read, read];
    const newest = twice(1_000, 1_000, 0, 'search_deals_pk');

    // A common word reads its page and one row more, a rare one the newest rows and then its hits alone.
    expect(await readBy({ q: 'filler' })).toEqual(twice(21, 21, 0, 'search_deals_pk'));
    expect(await readBy({ q: 'quixotic' })).toEqual([...newest, ...twice(1_400, 1_400, 0, 'search_deals_words_idx')]);
    // A misspelled one is tried, then looked up among the words.
    expect(await readBy({ q: 'quixotik' })).toEqual([
      ...newest,
      ...twice(0, 0, 0, 'search_deals_words_idx'),
      ...twice(0, 0, 1, 'search_words_similar_idx'),
      ...newest,
      ...twice(1_400, 1_400, 0, 'search_deals_words_idx'),
    ]);
  });

  it('finds actions and parked mail, each with its filters', async () => {
    await database.query(`
      INSERT INTO zakops.actions (action_id, action_type, title, status) VALUES ('ACT-1', 'send_email', 'Ask the broker for numbers', 'READY');
      INSERT INTO zakops.quarantine_items (message_id, email_subject, sender) VALUES ('m1', 'HVAC business in Austin', 'bo@brokers.example')`);
    expect((await search('actions', { q: 'broker numb', status: 'READY' })).results).toEqual([
      expect.objectContaining({ action_id: 'ACT-1', risk_level: 'medium', deal_id: null }),
    ]);
    expect((await search('actions', { q: 'broker', status: 'FAILED' })).results).toEqual([]);
    expect((await search('quarantine', { q: 'brokers example hvac', status: 'pending' })).results).toEqual([
      expect.objectContaining({ email_subject: 'HVAC business in Austin', sender: 'bo@brokers.example' }),
    ]);
  });

  it('finds senders and notes, and forgets what is removed or hidden', async () => {
    const deal = await api.open({ canonical_name: 'noted' });
    const note = await api.post(`/deals/${deal}/note`, { content: 'The seller\u2019s accountant likes Caf\u00e9 Zebra' });
    const { id } = note.body as { id: string };
    const mail = await api.post('/quarantine', {
      message_id: '<zebra>',
      sender: 'Zoe <zoe@zebra.example>',
      sender_name: 'Zoe Zebra',
      email_subject: 'Zebra sale',
    });
    const results = async (path: string): Promise<unknown> => ((await api.get(`/search/${path}`)).body as { results: unknown }).results;
    expect(await results('notes?q=cafe zebra')).toMatchObject([{ id, deal_id: deal, category: 'general' }]);
    expect(await results(`notes?q=zebra&deal_id=DEAL-999999`)).toEqual([]);
    expect(await results('senders?q=zoe')).toMatchObject([{ email: 'zoe@zebra.example', name: 'Zoe Zebra' }]);
    expect(await results('quarantine?q=zebra')).toHaveLength(1);
    expect((await api.get('/search/global?q=zebra')).body).toMatchObject({
      senders: [{ type: 'sender', title: 'Zoe Zebra' }],
      notes: [{ id, type: 'note' }],
      quarantine: [{ type: 'quarantine' }],
    });
    await api.call('DELETE', `/deals/${deal}/notes/${id}`);
    await api.call('DELETE', `/quarantine/${(mail.body as { id: string }).id}`);
    expect([await results('notes?q=zebra'), await results('quarantine?q=zebra')]).toEqual([[], []]);
  });

  it('ranks the hits of a kind, and finds each kind', async () => {
    for (const name of ['Ranked', 'The Ranked', 'Rankedish', 'Ranked Two']) await api.open({ canonical_name: name });
    await database.query(
      `INSERT INTO zakops.actions (action_id, action_type, title, status) VALUES ('ACT-2', 'x', 'A ranked task', 'READY')`,
    );
    const { body } = await api.get('/search/global?q=ranked&limit=3');
    expect(body).toEqual({
      deals: [
        { id: expect.any(String) as string, type: 'deal', title: 'Ranked', subtitle: 'inbound' },
        expect.objectContaining({ title: 'Ranked Two' }),
        expect.objectContaining({ title: 'The Ranked' }),
      ],
      actions: [{ id: 'ACT-2', type: 'action', title: 'A ranked task', subtitle: expect.any(String) as string }],
      quarantine: [],
      senders: [],
      notes: [],
      query: 'ranked',
      left_out: [],
    });
  });

  it('searches without pg_trgm, by beginnings only', async () => {
    await database.query('DROP EXTENSION pg_trgm CASCADE');
    // This process has just used it.
    expect(((await api.get('/search/deals?q=kowalsk')).body as Page).results).toHaveLength(1);
    expect((await search('deals', { q: 'refrigertion' })).results).toEqual([]);
  });

  it('forgives typing errors again when pg_trgm comes later, in another schema', async () => {
    expect(await prepareTrigramSearch(database.ownerUrl)).toEqual([expect.stringContaining('without the extension pg_trgm')]);
    await database.query(
      'CREATE SCHEMA extensions; CREATE EXTENSION pg_trgm SCHEMA extensions; GRANT USAGE ON SCHEMA extensions TO PUBLIC',
    );
    expect(await prepareTrigramSearch(database.ownerUrl)).toEqual(['search forgives typing errors now']);
    expect(await prepareTrigramSearch(database.ownerUrl)).toEqual([]);
    const { app, url } = await startApi(database.url);
    try {
      const page = (await (await fetch(`${url}/api/search/deals?q=kowlaski`)).json()) as Page;
      expect(page.corrections).toEqual(['kowalski']);
    } finally {
      await app.close();
    }
  });
});

/** The statements on words that the API sends while something is done. */
async function sentBy(work: () => Promise<unknown>): Promise<readonly BatchedStatement[]> {
  const query = jest.spyOn(pg.Client.prototype, 'query');
  try {
    await work();
    return query.mock.calls
      .flatMap(([given]: readonly unknown[]) =>
        given instanceof StatementBatch ? (given as unknown as { readonly statements: readonly BatchedStatement[] }).statements : [],
      )
      .filter(({ text }) => text.includes('zakops.search_'));
  } finally {
    query.mockRestore();
  }
}
