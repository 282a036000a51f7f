import { LoginApi } from '../../../apps/api/test/login-harness.js';
import type { LoginAnswer, Visitor } from '../../../apps/api/test/login-harness.js';

type Json = Record<string, unknown>;

const FAR_AWAY = '0199c4a2-7d1e-7c3b-9f50-3a1f6f1c2b4d';

describe('what is kept beside a deal, over HTTP', () => {
  let api: LoginApi;
  let ann: Visitor;
  let ben: Visitor;
  let admin: Visitor;

  beforeAll(async () => {
    api = await LoginApi.start();
    [ann, ben, admin] = await Promise.all([
      api.loggedIn('ann@example.com'),
      api.loggedIn('ben@example.com'),
      api.loggedIn('admin@example.com', 'admin'),
    ]);
  });

  afterAll(async () => {
    await api.stop();
  });

  async function open(): Promise<string> {
    const { body } = await ann.post('/deals', { canonical_name: 'acme', broker: { name: 'Bo' } });
    return `/deals/${String(body['deal_id'])}`;
  }

  const idOf = ({ body }: LoginAnswer): string => String(body['id']);
  const tagOf = ({ headers }: LoginAnswer): string => String(headers.get('etag'));

  async function events(deal: string): Promise<unknown[]> {
    const rows = await api.database.query<{ type: string; seq: string; audited: boolean }>(
      `SELECT type, aggregate_seq AS seq, EXISTS (SELECT FROM zakops.audit_log a WHERE a.id = e.id AND a.action = e.type) AS audited
         FROM zakops.events e WHERE aggregate_id = $1 ORDER BY aggregate_seq`,
      [deal.slice(7)],
    );
    return rows.map(({ type, seq, audited }) => [type, Number(seq), audited]);
  }

  describe('notes', () => {
    it('are kept as they are given, changed and removed, each with an event and an audit entry', async () => {
      const deal = await open();
      const content = '  \u202bشركة\u202c 😀\r\n\tCafe\u0301 <b>';
      const added = await ann.post(`${deal}/note`, { content });

      expect(added.status).toBe(201);
      const note = `${deal}/notes/${idOf(added)}`;
      expect(added.headers.get('location')).toBe(`/api${note}`);
      expect(added.body).toMatchObject({ content: content.normalize('NFC'), category: 'general', author: 'ann@example.com' });
      const read = await ann.get(note);
      expect([read.body, tagOf(read)]).toEqual([added.body, tagOf(added)]);

      const changed = await ann.call('PATCH', note, { category: 'call' }, { 'if-match': tagOf(read) });
      expect([changed.status, changed.body]).toEqual([200, { ...added.body, category: 'call', updated_at: expect.any(String) as string }]);
      expect((await ann.call('PATCH', note, { category: 'plan' }, { 'if-match': tagOf(read) })).status).toBe(412);
      expect((await ann.call('DELETE', note, undefined, { 'if-match': tagOf(read) })).status).toBe(412);
      expect((await ann.call('DELETE', note, undefined, { 'if-match': tagOf(changed) })).status).toBe(204);
      expect([(await ann.get(note)).status, (await ann.call('DELETE', note)).status]).toEqual([404, 404]);
      expect((await ann.get<unknown>(`${deal}/notes`)).body).toEqual([]);
      expect(await events(deal)).toEqual([
        ['deal.created', 1, true],
        ['deal.note_added', 2, true],
        ['deal.note_changed', 3, true],
        ['deal.note_removed', 4, true],
      ]);
    });

    it('belong to their author: another analyst gets 403, an administrator may', async () => {
      const deal = await open();
      const note = `${deal}/notes/${idOf(await ann.post(`${deal}/note`, { content: 'mine' }))}`;

      for (const [method, body] of [['PATCH', { content: 'yours' }] as const, ['DELETE', undefined] as const]) {
        const { status, body: problem } = await ben.call(method, note, body);
        expect([status, problem['code']]).toEqual([403, 'FORBIDDEN']);
      }
      const edited = await admin.call('PATCH', note, { content: 'ours' });
      expect([edited.status, edited.body['author'], edited.body['content']]).toEqual([200, 'ann@example.com', 'ours']);
      expect((await admin.call('DELETE', note)).status).toBe(204);
    });

    it('let one of two changes of the same version win', async () => {
      const deal = await open();
      const added = await ann.post(`${deal}/note`, { content: 'first' });
      const change = (content: string): Promise<LoginAnswer> =>
        ann.call('PATCH', `${deal}/notes/${idOf(added)}`, { content }, { 'if-match': tagOf(added) });

      const statuses = await Promise.all([change('one'), change('two')]);

      expect(statuses.map(({ status }) => status).sort()).toEqual([200, 412]);
      expect(await events(deal)).toHaveLength(3);
    });

    it('are walked newest first by cursor, also those of one category', async () => {
      const deal = await open();
      const written: string[] = [];
      for (let n = 0; n < 7; n += 1) {
        written.unshift(idOf(await ann.post(`${deal}/note`, { content: String(n), category: n % 2 === 0 ? 'even' : 'odd' })));
      }
      // The same instant: their ids tell them apart.
      await api.database.query(`UPDATE zakops.deal_notes SET created_at = '2026-01-31T12:00:00.000123Z' WHERE deal_id = $1`, [
        deal.slice(7),
      ]);
      const walk = async (query: string): Promise<string[]> => {
        const seen: string[] = [];
        for (let next: string | null = `${deal}/notes?limit=2${query}`; next !== null;) {
          const page: LoginAnswer<Json[]> = await ann.get<Json[]>(next);
          seen.push(...page.body.map(({ id }) => String(id)));
          const cursor = page.headers.get('x-next-cursor');
          next = cursor === null ? null : `${deal}/notes?limit=2${query}&cursor=${cursor}`;
        }
        return seen;
      };

      expect(await walk('')).toEqual(written);
      expect(await walk('&category=odd')).toEqual(written.filter((_id, at) => at % 2 === 1));
    });

    it.each<[string, Json, string]>([
      ['nothing', {}, '/content'],
      ['a blank content', { content: ' \n' }, '/content'],
      ['a character too many', { content: 'x'.repeat(65_537) }, '/content'],
      ['an empty category', { content: 'x', category: '' }, '/category'],
      ['an author', { content: 'x', author: 'someone@example.com' }, '/author'],
    ])('refuse %s, and name the field', async (_what, body, pointer) => {
      const refused = await ann.post(`${await open()}/note`, body);

      expect([refused.status, (refused.body['errors'] as Json[])[0]?.['pointer']]).toEqual([400, pointer]);
    });

    it('take 65,536 characters, and their event stays small', async () => {
      const deal = await open();

      expect((await ann.post(`${deal}/note`, { content: '😀'.repeat(65_536) })).status).toBe(201);

      const [event] = await api.database.query<{ data: Json }>(
        `SELECT data FROM zakops.events WHERE aggregate_id = $1 AND type = 'deal.note_added'`,
        [deal.slice(7)],
      );
      expect([event?.data['size_bytes'], Array.from(String(event?.data['excerpt'])).length]).toEqual([262_144, 280]);
    });
  });

  describe('contacts', () => {
    it('are added, changed and removed; at most one is the primary one', async () => {
      const deal = await open();
      const olga = await ann.post(`${deal}/contacts`, { name: 'Olga Owner', role: 'owner', is_primary: true });
      const lee = await ann.post(`${deal}/contacts`, { name: 'Lee', is_primary: true, email: 'lee@example.com' });

      expect([olga.status, lee.status, lee.body['role']]).toEqual([201, 201, 'other']);
      const { body: both } = await ann.get<Json[]>(`${deal}/contacts`);
      expect(both.map(({ name, is_primary }) => [name, is_primary])).toEqual([
        ['Olga Owner', false],
        ['Lee', true],
      ]);
      // The mark that was lost is a change of the contact.
      const path = `${deal}/contacts/${idOf(olga)}`;
      expect((await ann.call('PATCH', path, { is_primary: true }, { 'if-match': tagOf(olga) })).status).toBe(412);
      const again = await ann.call('PATCH', path, { is_primary: true, notes: 'call after 5' });
      expect([again.status, again.body['is_primary'], again.body['role']]).toEqual([200, true, 'owner']);
      // The other spelling of an id names the same contact, which keeps its mark.
      const same = await ann.call('PATCH', `${deal}/contacts/${idOf(olga).toUpperCase()}`, { is_primary: true });
      expect([same.status, tagOf(same), (await ann.get(path)).body]).toEqual([200, tagOf(again), again.body]);
      expect((await ann.get(`${deal}/contacts/${idOf(lee)}`)).body).toMatchObject({ is_primary: false, email: 'lee@example.com' });
      expect((await ann.call('DELETE', path)).status).toBe(204);
      expect((await ann.get(path)).status).toBe(404);
      expect((await events(deal)).map((event) => (event as unknown[])[0])).toEqual([
        'deal.created',
        'deal.contact_added',
        'deal.contact_changed',
        'deal.contact_added',
        'deal.contact_changed',
        'deal.contact_changed',
        'deal.contact_removed',
      ]);
    });

    it('leave the broker to the deal', async () => {
      const deal = await open();
      const refused = await ann.post(`${deal}/contacts`, { name: 'Bo', role: 'broker' });

      expect([refused.status, (refused.body['errors'] as Json[])[0]?.['pointer']]).toEqual([400, '/role']);
      expect((await ann.get(deal)).body['broker']).toMatchObject({ name: 'Bo' });
    });

    it('end with one primary contact when several become it at once', async () => {
      const deal = await open();

      const all = await Promise.all(
        Array.from({ length: 8 }, (_, n) => ann.post(`${deal}/contacts`, { name: `contact ${String(n)}`, is_primary: true })),
      );

      expect(all.map(({ status }) => status)).toEqual(Array.from({ length: 8 }, () => 201));
      const { body } = await ann.get<Json[]>(`${deal}/contacts`);
      expect([body.length, body.filter(({ is_primary }) => is_primary).length]).toEqual([8, 1]);
    });
  });

  describe('the case file', () => {
    it('has everything of a deal, and is not sent again to those who have it', async () => {
      const deal = await open();
      await ann.post(`${deal}/aliases`, { alias: 'BBS-1', alias_type: 'listing_id' });
      await ann.post(`${deal}/note`, { content: 'x'.repeat(1_000) });
      await ann.post(`${deal}/contacts`, { name: 'Olga' });
      await ann.post(`${deal}/transition`, { new_stage: 'initial_review' });
      await api.database.query(
        `INSERT INTO zakops.actions (action_id, deal_id, action_type, title, status) VALUES ('a-1', $1, 'create_task', 'Call', 'QUEUED')`,
        [deal.slice(7)],
      );
      await api.database.query(`INSERT INTO zakops.quarantine_items (message_id, deal_id) VALUES ('m-1', $1)`, [deal.slice(7)]);
      await api.database.query(
        `INSERT INTO zakops.deal_activity (id, deal_id, seq, event_type, source, actor, actor_type, details, created_at)
         VALUES (gen_random_uuid(), $1, 1, 'deal.created', 'api', 'ann', 'user', '{}', now())`,
        [deal.slice(7)],
      );

      const file = await ann.get(`${deal}/case-file`);

      expect(Object.keys(file.body)).toEqual([
        ...['deal', 'aliases', 'contacts', 'notes', 'stage_history', 'events', 'actions', 'quarantine_items', 'complete'],
      ]);
      expect(file.body).toMatchObject({
        deal: { stage: 'initial_review', broker: { name: 'Bo' } },
        aliases: [{ alias: 'BBS-1' }],
        contacts: [{ name: 'Olga' }],
        notes: [{ content: 'x'.repeat(1_000) }],
        stage_history: [{ to_stage: 'initial_review' }],
        events: [{ event_type: 'deal.created' }],
        actions: [{ action_id: 'a-1', title: 'Call' }],
        quarantine_items: [{ message_id: 'm-1' }],
        complete: true,
      });
      const again = await ann.call('GET', `${deal}/case-file`, undefined, { 'if-none-match': tagOf(file) });
      expect(again.status).toBe(304);
      expect((await ann.get('/deals/DEAL-999999/case-file')).body['code']).toBe('DEAL_NOT_FOUND');
    });

    it('is sent in chunks when it is long, each row once', async () => {
      const deal = await open();
      await writeNotes(deal, 450, 10_000);

      const file = await ann.get(`${deal}/case-file`);

      const notes = file.body['notes'] as Json[];
      expect([file.status, file.headers.get('etag'), file.headers.get('content-length')]).toEqual([200, null, null]);
      expect([notes.length, new Set(notes.map(({ id }) => id)).size, file.body['complete']]).toEqual([450, 450, true]);
    });

    it('breaks off when reading fails in the middle, and is a problem when it fails before', async () => {
      const [short, long] = [await open(), await open()];
      await writeNotes(long, 100, 10_000);
      await api.database.query('ALTER TABLE zakops.quarantine_items RENAME TO quarantine_items_away');
      try {
        const failed = await ann.get(`${short}/case-file`);
        expect([failed.status, failed.body['code']]).toEqual([500, 'DATABASE_ERROR']);
        await expect(ann.get(`${long}/case-file`)).rejects.toThrow('terminated');
      } finally {
        await api.database.query('ALTER TABLE zakops.quarantine_items_away RENAME TO quarantine_items');
      }
    });
  });

  async function writeNotes(deal: string, number: number, length: number): Promise<void> {
    await api.database.query(
      `INSERT INTO zakops.deal_notes (id, deal_id, content, category, author)
       SELECT gen_random_uuid(), $1, repeat('x', $3), 'general', 'ann' FROM generate_series(1, $2)`,
      [deal.slice(7), number, length],
    );
  }

  it.each(['notes', `notes/${FAR_AWAY}`, 'contacts', `contacts/${FAR_AWAY}`, 'timeline', 'activity-summary', 'case-file'])(
    'answers 404 for /%s of a deal that was deleted',
    async (path) => {
      const deal = await open();
      await api.database.query('UPDATE zakops.deals SET deleted = true WHERE deal_id = $1', [deal.slice(7)]);

      const { status, body } = await ann.get(`${deal}/${path}`);

      expect([status, body['code']]).toEqual([404, 'DEAL_NOT_FOUND']);
    },
  );
});
