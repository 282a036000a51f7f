import { spawnWorker, waitFor } from '#zakops/testing';
import type { SpawnedApp } from '#zakops/testing';
import { DealsApi } from '../../deals/test/deals-api.js';
import type { DealsAnswer } from '../../deals/test/deals-api.js';

const NOWHERE = '01a20766-1903-7000-b53a-f1a67f726fc3';

type Json = Readonly<Record<string, unknown>>;

describe('mail in quarantine', () => {
  let api: DealsApi;
  let worker: SpawnedApp;
  let numbers = 0;

  beforeAll(async () => {
    api = await DealsApi.start();
    worker = await spawnWorker(api.database.url);
  });

  afterAll(async () => {
    await worker.stop();
    await api.stop();
  });

  const mail = (more: Json = {}): Json => ({ message_id: `<${String((numbers += 1))}@test>`, sender: 'Bo <bo@example.com>', ...more });
  const problem = ({ status, body }: DealsAnswer): unknown => [status, (body as { code: string }).code];
  const receive = async (more: Json = {}): Promise<string> => {
    const { status, body } = await api.post('/quarantine', mail(more));
    if (status !== 201) throw new Error(`Receiving a mail was answered with ${String(status)}: ${JSON.stringify(body)}`);
    return (body as { id: string }).id;
  };
  const eventTypes = async (id: string): Promise<unknown> =>
    (await api.database.query<{ type: string }>(`SELECT type FROM zakops.events WHERE aggregate_id = $1 ORDER BY aggregate_seq`, [id])).map(
      ({ type }) => type,
    );

  it('takes a mail in, once for each message id', async () => {
    const given = mail({
      email_subject: 'Zoe\u0301 sells, \u202eסוף 🛠',
      sender: 'Bo Broker <BO@Example.com>',
      sender_company: 'Brokers',
      is_broker: true,
      received_at: '2026-11-01T10:00:00Z',
      classification: 'DEAL_SIGNAL',
      urgency: 'HIGH',
      confidence: 0.9,
      company_name: 'Acme',
      body: 'long text',
      links: [{ url: 'https://example.com/1', type: 'cim' }],
      attachments: [{ filename: 'teaser.pdf', size: 10 }],
      listing_ids: ['BBS-1'],
      location: { city: 'Austin', state: 'TX' },
    });
    const first = await api.post('/quarantine', given);
    expect([first.status, first.headers.get('location')]).toEqual([201, `/api/quarantine/${(first.body as { id: string }).id}`]);
    expect(first.body).toMatchObject({
      message_id: given['message_id'],
      email_subject: 'Zo\u00e9 sells, \u202eסוף 🛠',
      sender: 'Bo Broker <BO@Example.com>',
      sender_domain: 'example.com',
      status: 'pending',
      received_at: '2026-11-01T10:00:00.000Z',
      deal_id: null,
      deal_created: false,
      hidden: false,
      note_count: 0,
      clues: { listing_ids: ['BBS-1'], broker_reference_ids: [], sector: null, city: 'Austin', state: 'TX' },
    });
    const { id } = first.body as { id: string };
    const read = await api.get(`/quarantine/${id}`);
    expect([read.body, read.headers.get('etag')]).toEqual([first.body, first.headers.get('etag')]);

    const again = await api.post('/quarantine', given);
    expect([again.status, again.body]).toEqual([200, first.body]);
    const other = await api.post('/quarantine', { ...given, company_name: 'Other' });
    expect(other).toMatchObject({ status: 409, body: { code: 'CONFLICT', item_id: id, errors: [{ pointer: '/message_id' }] } });
    expect(await eventTypes(id)).toEqual(['quarantine.created']);
    expect((await api.get('/senders/bo%40EXAMPLE.com')).body).toMatchObject({
      email: 'bo@example.com',
      is_broker: true,
      sender_type: 'broker',
    });
  });

  it('makes one item of 20 calls with one mail at the same moment', async () => {
    const given = mail();
    const answers = await Promise.all(Array.from({ length: 20 }, () => api.post('/quarantine', given)));
    expect(answers.map(({ status }) => status).sort()).toEqual([...Array.from({ length: 19 }, () => 200), 201]);
    expect(new Set(answers.map(({ body }) => (body as { id: string }).id)).size).toBe(1);
  });

  it.each([
    ['no message id', { message_id: undefined }, '/message_id', 'REQUIRED'],
    ['an unknown urgency', { urgency: 'SOON' }, '/urgency', 'NOT_ALLOWED'],
    ['a confidence above 1', { confidence: 1.5 }, '/confidence', 'OUT_OF_RANGE'],
    ['an unknown field', { surprise: 1 }, '/surprise', 'UNKNOWN_FIELD'],
    ['201 attachments', { attachments: Array.from({ length: 201 }, () => ({ filename: 'x' })) }, '/attachments', 'TOO_MANY'],
  ])('refuses %s', async (_what, wrong, pointer, code) => {
    expect(await api.post('/quarantine', mail(wrong))).toMatchObject({ status: 400, body: { errors: [{ pointer, code }] } });
  });

  it('refuses a mail of more than a mebibyte', async () => {
    const attachments = Array.from({ length: 200 }, () => ({ filename: 'x'.repeat(255), content_type: 'y'.repeat(200) }));
    expect(problem(await api.post('/quarantine', mail({ body: 'x'.repeat(1_048_576), attachments })))).toEqual([413, 'PAYLOAD_TOO_LARGE']);
    expect((await api.post('/quarantine', mail({ body: 'x'.repeat(524_288), attachments }))).status).toBe(201);
  });

  it('lists by urgency, then newest first, and walks without a gap', async () => {
    const sender = 'queue@example.com';
    const ids: string[] = [];
    for (const urgency of ['LOW', 'HIGH', 'MEDIUM', undefined, 'HIGH']) ids.push(await receive({ sender, urgency }));
    const [low, high, medium, none, higher] = ids;
    const expected = [higher, high, medium, none, low];
    const all = (await api.get(`/quarantine?sender=${sender}`)).body as { id: string }[];
    expect(all.map(({ id }) => id)).toEqual(expected);
    const walked: string[] = [];
    for (let path: string | undefined = `/quarantine?sender=${sender}&limit=2`; path !== undefined;) {
      const { body, headers } = await api.get(path);
      walked.push(...(body as { id: string }[]).map(({ id }) => id));
      path = /<([^>]+)>; rel="next"/.exec(headers.get('link') ?? '')?.[1];
    }
    expect(walked).toEqual(expected);
    expect(((await api.get(`/quarantine?sender=${sender}&urgency=HIGH&limit=1&offset=1`)).body as Json[]).map(({ id }) => id)).toEqual([
      high,
    ]);
    expect(await api.get('/quarantine?status=nope')).toMatchObject({ status: 400, body: { errors: [{ pointer: 'status' }] } });
    const older = await api.get(`/actions/quarantine?sender=${sender}`);
    expect((older.body as unknown[]).length).toBe(5);
  });

  describe('approving', () => {
    it('makes a deal from company, broker and sender, in one transaction with both events', async () => {
      const id = await receive({ company_name: 'Maple HVAC', is_broker: true, thread_id: 't-maple', listing_ids: ['M-1'], sector: 'hvac' });
      const answer = await api.post(`/quarantine/${id}/process`, { action: 'approve', processed_by: 'ui_user', notes: 'looks good' });
      const { deal_id: dealId } = answer.body as { deal_id: string };
      expect([answer.status, answer.body]).toMatchObject([200, { status: 'approved', item_id: id, deal_created: true, proposal: null }]);
      expect((await api.get(`/deals/${dealId}`)).body).toMatchObject({
        canonical_name: 'Maple HVAC',
        stage: 'inbound',
        identifiers: { listing_ids: ['M-1'] },
        company_info: { company_name: 'Maple HVAC', sector: 'hvac' },
        broker: { email: 'bo@example.com', domain: 'example.com' },
        email_thread_ids: ['t-maple'],
      });
      expect([await eventTypes(id), await eventTypes(dealId)]).toEqual([
        ['quarantine.created', 'quarantine.approved', 'quarantine.note_added'],
        ['deal.created', 'deal.mail_linked'],
      ]);
      expect((await api.get(`/quarantine/${id}/notes`)).body).toMatchObject([{ content: 'looks good', author: 'dev@zakops.local' }]);
      expect(problem(await api.post(`/quarantine/${id}/process`, { action: 'reject' }))).toEqual([409, 'QUARANTINE_ITEM_DECIDED']);
    });

    it('links to a named deal, and is undone while the deal is untouched', async () => {
      const dealId = await api.open();
      const id = await receive({ thread_id: 't-link' });
      expect((await api.post(`/quarantine/${id}/approve`, { deal_id: dealId })).body).toMatchObject({
        deal_id: dealId,
        deal_created: false,
      });
      expect((await api.get(`/deals/${dealId}`)).body).toMatchObject({ email_thread_ids: ['t-link'] });
      expect((await api.post(`/quarantine/${id}/undo`, {})).body).toMatchObject({ status: 'pending', deal_id: null });
      expect((await api.get(`/deals/${dealId}`)).body).toMatchObject({ email_thread_ids: [] });

      await api.post(`/quarantine/${id}/approve`, { link_to_deal_id: dealId });
      await api.patch(`/deals/${dealId}`, { display_name: 'touched' });
      expect(problem(await api.post(`/quarantine/${id}/undo`, {}))).toEqual([409, 'CONFLICT']);
      expect((await api.get(`/quarantine/${id}`)).body).toMatchObject({ status: 'approved', deal_id: dealId });
      expect(problem(await api.post(`/quarantine/${id}/restore`, {}))).toEqual([409, 'CONFLICT']);
    });

    it('takes the deal away again that it has made', async () => {
      const id = await receive({ company_name: 'Undo Inc' });
      const { body } = await api.post(`/quarantine/${id}/approve`, { create_new: true });
      const { deal_id: dealId } = body as { deal_id: string };
      expect((await api.post(`/quarantine/${id}/undo`, {})).status).toBe(200);
      expect(problem(await api.get(`/deals/${dealId}`))).toEqual([404, 'DEAL_NOT_FOUND']);
      expect(problem(await api.post(`/quarantine/${id}/undo`, {}))).toEqual([409, 'CONFLICT']);
    });

    it('is not undone when the deal that it made was touched', async () => {
      const id = await receive({ company_name: 'Touched Inc' });
      const { body } = await api.post(`/quarantine/${id}/approve`, { create_new: true });
      const { deal_id: dealId } = body as { deal_id: string };
      await api.patch(`/deals/${dealId}`, { display_name: 'touched' });
      expect(problem(await api.post(`/quarantine/${id}/undo`, {}))).toEqual([409, 'CONFLICT']);
      expect((await api.get(`/deals/${dealId}`)).status).toBe(200);
    });

    it('names the deal by whole characters, and by what is not empty', async () => {
      const long = await receive({ company_name: '', email_subject: `${'x'.repeat(199)}🛠 and more`, sender_company: '' });
      const { body } = await api.post(`/quarantine/${long}/approve`, { create_new: true, notes: `${'y'.repeat(199)}🛠 and more` });
      const { deal_id: dealId } = body as { deal_id: string };
      expect((await api.get(`/deals/${dealId}`)).body).toMatchObject({
        canonical_name: `${'x'.repeat(199)}🛠`,
        display_name: null,
        company_info: {},
        broker: {},
      });
      const [event] = await api.database.query(
        `SELECT data ->> 'excerpt' AS excerpt FROM zakops.events WHERE aggregate_id = $1 AND type = 'quarantine.note_added'`,
        [long],
      );
      expect(event).toEqual({ excerpt: `${'y'.repeat(199)}🛠` });
    });

    it('changes nothing when the deal is not there', async () => {
      const id = await receive();
      expect(problem(await api.post(`/quarantine/${id}/approve`, { deal_id: 'DEAL-999999', notes: 'x' }))).toEqual([404, 'DEAL_NOT_FOUND']);
      expect((await api.get(`/quarantine/${id}`)).body).toMatchObject({ status: 'pending', note_count: 0 });
    });

    it('lets one of many operators win, and tells the others who', async () => {
      const id = await receive({ company_name: 'Race Co' });
      const answers = await Promise.all(
        Array.from({ length: 10 }, (_, n) =>
          n % 2 === 0
            ? api.post(`/quarantine/${id}/approve`, { create_new: true })
            : api.post(`/quarantine/${id}/reject`, { reason: 'no' }),
        ),
      );
      expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
      for (const { status, body } of answers.filter((answer) => answer.status !== 200)) {
        expect([status, body]).toMatchObject([409, { code: 'QUARANTINE_ITEM_DECIDED', decided_by: 'dev@zakops.local' }]);
      }
      const [row] = await api.database.query(`SELECT count(*)::int AS n FROM zakops.deals WHERE canonical_name = 'Race Co'`);
      const [stored] = await api.database.query<{ status: string }>('SELECT status FROM zakops.quarantine_items WHERE id = $1', [id]);
      expect(row).toEqual({ n: stored?.status === 'approved' ? 1 : 0 });
    });
  });

  it('rejects, discards, restores and hides, each with its event', async () => {
    const id = await receive();
    const tag = String((await api.get(`/quarantine/${id}`)).headers.get('etag'));
    expect((await api.post(`/quarantine/${id}/reject`, { reason: 'a newsletter' })).body).toMatchObject({ status: 'rejected' });
    expect((await api.get(`/quarantine/${id}`)).body).toMatchObject({ reason: 'a newsletter', processed_by: 'dev@zakops.local' });
    expect(problem(await api.post(`/quarantine/${id}/restore`, {}, { 'if-match': tag }))).toEqual([412, 'PRECONDITION_FAILED']);
    expect((await api.post(`/quarantine/${id}/restore`, {})).body).toMatchObject({ status: 'pending' });
    expect((await api.post(`/quarantine/${id}/discard`, {})).body).toMatchObject({ status: 'discarded' });
    expect((await api.call('DELETE', `/quarantine/${id}`)).status).toBe(204);
    expect(((await api.get('/quarantine?status=discarded')).body as Json[]).map((item) => item['id'])).not.toContain(id);
    expect(((await api.get('/quarantine?status=discarded&hidden=true')).body as Json[]).map((item) => item['id'])).toContain(id);
    expect((await api.post(`/quarantine/${id}/restore`, {})).body).toMatchObject({ status: 'pending', hidden: false });
    const [restored] = await api.database.query(
      `SELECT before, after FROM zakops.audit_log WHERE resource_id = $1 AND action = 'quarantine.restored' ORDER BY id DESC LIMIT 1`,
      [id],
    );
    expect(restored).toMatchObject({ before: { status: 'discarded', hidden: true }, after: { status: 'pending', hidden: false } });
    expect((await api.post(`/quarantine/${id}/resolve`, { resolution: 'discard' })).body).toMatchObject({ status: 'discarded' });
    expect(await eventTypes(id)).toEqual([
      'quarantine.created',
      'quarantine.rejected',
      'quarantine.restored',
      'quarantine.discarded',
      'quarantine.hidden',
      'quarantine.restored',
      'quarantine.discarded',
    ]);
    const pending = await receive();
    expect(await api.post(`/quarantine/${pending}/resolve`, { resolution: 'link_to_deal' })).toMatchObject({
      status: 400,
      body: { errors: [{ pointer: '/deal_id', code: 'REQUIRED' }] },
    });
    expect((await api.post(`/actions/quarantine/${pending}/reject`, { reason: 'no' })).body).toMatchObject({ status: 'rejected' });
    expect(problem(await api.get(`/quarantine/${NOWHERE}`))).toEqual([404, 'QUARANTINE_ITEM_NOT_FOUND']);
  });

  it('decides on many, with a result for each', async () => {
    const [one, two, decided] = [await receive({ company_name: 'Bulk A' }), await receive({ company_name: 'Bulk B' }), await receive()];
    await api.post(`/quarantine/${decided}/reject`, {});
    const strangers = Array.from({ length: 497 }, (_, n) => `01a20766-1903-7000-b53a-${n.toString(16).padStart(12, '0')}`);
    const { status, body } = await api.post('/quarantine/bulk', {
      ids: [two, NOWHERE.replace('fc3', 'fc4'), decided, one, ...strangers.slice(1)],
      action: 'approve',
    });
    expect([status, body]).toMatchObject([200, { succeeded: 2, failed: 498 }]);
    const { results } = body as { results: { item_id: string; ok: boolean; code: string; deal_id: string }[] };
    expect(results.slice(0, 4)).toMatchObject([
      { item_id: two, ok: true, status: 'approved' },
      { ok: false, code: 'QUARANTINE_ITEM_NOT_FOUND' },
      { item_id: decided, ok: false, code: 'QUARANTINE_ITEM_DECIDED' },
      { item_id: one, ok: true },
    ]);
    expect((await api.get(`/deals/${String(results[0]?.deal_id)}`)).body).toMatchObject({ canonical_name: 'Bulk B' });
    expect((await api.post('/quarantine/bulk-delete', { ids: [one, two] })).body).toMatchObject({ succeeded: 2, failed: 0 });
  });

  it('says when somebody has to look, from ten mails on', async () => {
    const quiet = await DealsApi.start();
    try {
      for (let n = 0; n < 9; n += 1) await quiet.post('/quarantine', mail());
      expect((await quiet.get('/quarantine/health')).body).toMatchObject({ pending: 9, attention_needed: false });
      await quiet.post('/quarantine', mail());
      expect((await quiet.get('/quarantine/health')).body).toMatchObject({ pending: 10, attention_needed: true });
    } finally {
      await quiet.stop();
    }
  });

  it('shows and counts one of two adopted rows of one mail', async () => {
    const sender = 'twice@example.com';
    const first = await receive({ sender });
    const before = ((await api.get('/quarantine/health')).body as { pending: number }).pending;
    await api.database.query(
      `INSERT INTO zakops.quarantine_items (message_id, sender, status, duplicate_of)
       SELECT message_id, sender, 'pending', id FROM zakops.quarantine_items WHERE id = $1`,
      [first],
    );
    expect(((await api.get(`/quarantine?sender=${sender}`)).body as Json[]).map(({ id }) => id)).toEqual([first]);
    expect((await api.get('/quarantine/health')).body).toMatchObject({ pending: before });
  });

  it('keeps what the original system noted about an adopted mail', async () => {
    const id = await receive();
    await api.database.query(`UPDATE zakops.quarantine_items SET processing_result = '{"adopted": 1}' WHERE id = $1`, [id]);
    await api.post(`/quarantine/${id}/notes`, { content: 'a note' });
    await api.post(`/quarantine/${id}/approve`, { create_new: true });
    const result = async (): Promise<unknown> =>
      (await api.database.query('SELECT processing_result AS r FROM zakops.quarantine_items WHERE id = $1', [id]))[0];
    expect(await result()).toEqual({ r: { adopted: 1, thread_added: false } });
    await api.post(`/quarantine/${id}/undo`, {});
    expect(await result()).toEqual({ r: { adopted: 1 } });
  });

  describe('matching', () => {
    const proposals = async (id: string): Promise<{ default_deal_id: string | null; proposals: Json[] }> =>
      (await api.get(`/quarantine/${id}/preview`)).body as { default_deal_id: string | null; proposals: Json[] };
    const broker = { email: 'match@brokers.example', name: 'Mo' };
    const from = { sender: 'Mo <Match@Brokers.example>' };

    it.each([
      ['listing_id', 1, { identifiers: { listing_ids: ['L-100'] } }, { listing_ids: ['L-100'] }],
      ['broker_reference', 0.98, { identifiers: { broker_reference_ids: ['R-7'] } }, { broker_reference_ids: ['R-7'] }],
      ['exact_company', 0.9, { company_info: { company_name: 'Exact Café' } }, { company_name: 'EXACT CAFE\u0301' }],
      ['fuzzy_company', 0.85, { company_info: { company_name: 'Fuzzy Holdings of Texas, LLC' } }, { company_name: 'The Fuzzy of Texas' }],
      [
        'broker_sector_location',
        0.6,
        { broker, company_info: { sector: 'roofing', location: { city: 'Boise', state: 'ID' } } },
        { ...from, sector: 'Roofing', location: { city: 'boise' } },
      ],
    ])('proposes by %s with confidence %d', async (tier, confidence, deal, clues) => {
      const dealId = await api.open(deal);
      const id = await receive(clues);
      const found = await proposals(id);
      expect(found.proposals).toMatchObject([{ deal_id: dealId, confidence, stage: 'inbound', reasons: [{ tier, confidence }] }]);
      expect(found.default_deal_id).toBe(confidence >= 0.9 ? dealId : null);
    });

    it('proposes by thread, listing number of a known broker, and subject keywords', async () => {
      const dealId = await api.open({ broker });
      await api.post(`/deals/${dealId}/aliases`, { alias: 'LN-55', alias_type: 'listing_number', confidence: 1 });
      await api.post(`/deals/${dealId}/aliases`, { alias: 'solar farm nevada', alias_type: 'subject_keywords', confidence: 0.7 });
      const first = await receive({ ...from, thread_id: 't-match', email_subject: 'Re: ln-55' });
      expect((await proposals(first)).proposals).toMatchObject([{ deal_id: dealId, reasons: [{ tier: 'broker_and_listing' }] }]);
      await api.post(`/quarantine/${first}/approve`, { deal_id: dealId });
      const second = await receive({ thread_id: 't-match', email_subject: 'A NEVADA solar project: farm' });
      expect((await proposals(second)).proposals).toMatchObject([
        { deal_id: dealId, confidence: 0.95, reasons: [{ tier: 'mail_thread' }, { tier: 'subject_keywords', confidence: 0.7 }] },
      ]);
    });

    it('approves by the default proposal, and says so', async () => {
      const dealId = await api.open({ identifiers: { listing_ids: ['D-1'] } });
      const id = await receive({ listing_ids: ['D-1'] });
      const answer = await api.post(`/quarantine/${id}/approve`, {});
      expect(answer.body).toMatchObject({
        deal_id: dealId,
        deal_created: false,
        proposal: { deal_id: dealId, confidence: 1, reasons: [{ tier: 'listing_id', matched: 'D-1' }] },
      });
      const [event] = await api.database.query(`SELECT data FROM zakops.events WHERE aggregate_id = $1 AND type = 'quarantine.approved'`, [
        id,
      ]);
      expect(event).toMatchObject({ data: { by_proposal: true, deal_id: dealId } });
      const other = await receive({ listing_ids: ['D-1'] });
      expect((await api.post(`/quarantine/${other}/approve`, { create_new: true })).body).toMatchObject({
        deal_created: true,
        proposal: null,
      });
      // Two deals are equally sure now, so neither is the default.
      const third = await receive({ listing_ids: ['D-1'] });
      expect(await proposals(third)).toMatchObject({ default_deal_id: null, proposals: [{ confidence: 1 }, { confidence: 1 }] });
    });

    it('proposes the deal that goes on for a merged one, no deleted or junk one, and by default none that has ended', async () => {
      const [old, survivor] = [await api.open({ identifiers: { axial_id: 'AX-1' } }), await api.open()];
      await api.post(`/deals/${old}/merge`, { into: survivor });
      const deleted = await api.open({ identifiers: { axial_id: 'AX-1' } });
      await api.call('DELETE', `/deals/${deleted}`);
      await api.open({ identifiers: { axial_id: 'AX-1' }, status: 'junk' });
      const id = await receive({ listing_ids: ['AX-1'] });
      expect(await proposals(id)).toMatchObject({ default_deal_id: survivor, proposals: [{ deal_id: survivor }] });
      await api.post(`/deals/${survivor}/transition`, { new_stage: 'closed_lost' });
      expect(await proposals(id)).toMatchObject({ default_deal_id: null, proposals: [{ deal_id: survivor, stage: 'closed_lost' }] });
    });
  });

  describe('senders', () => {
    const sender = async (email: string): Promise<Json> => (await api.get(`/senders/${encodeURIComponent(email)}`)).body as Json;

    it('are counted with the deals of their mail, also after every event came a second time', async () => {
      const email = 'count@example.com';
      const [first, second] = [
        await receive({ sender: email, company_name: 'Count A' }),
        await receive({ sender: `C <${email.toUpperCase()}>` }),
      ];
      await receive({ sender: email });
      const { body } = await api.post(`/quarantine/${first}/approve`, {});
      const { deal_id: dealId } = body as { deal_id: string };
      const other = await api.open();
      await api.post(`/quarantine/${second}/approve`, { deal_id: other });
      const counted = { total_emails: 3, deal_emails: 2, associated_deal_ids: [dealId, other].sort() };
      await waitFor('the counters', async () => (await sender(email))['deal_emails'] === 2);
      expect(await sender(email)).toMatchObject(counted);

      // Every event once more, from the first one on.
      await api.database.query(`UPDATE zakops.sender_profiles SET total_emails = 77 WHERE email = $1`, [email]);
      await api.database.query(
        `UPDATE zakops.consumer_progress SET position = 0, started_after = 0, changes = changes + 1 WHERE consumer = 'sender-stats'`,
      );
      await api.open();
      await waitFor('the counters after the replay', async () => (await sender(email))['total_emails'] === 3, 20_000);
      expect(await sender(email)).toMatchObject(counted);

      await api.post(`/deals/${dealId}/merge`, { into: other });
      await waitFor(
        'the merge',
        async () =>
          (await sender(email))['associated_deal_ids'] instanceof Array &&
          ((await sender(email))['associated_deal_ids'] as unknown[]).length === 1,
      );
      expect(await sender(email)).toMatchObject({ associated_deal_ids: [other], deal_emails: 2 });

      // The mail of the merged deal belongs to the one that goes on.
      await api.call('DELETE', `/deals/${other}`);
      await waitFor('the deletion', async () => ((await sender(email))['associated_deal_ids'] as unknown[]).length === 0);
      await api.post(`/deals/${other}/undelete`, {});
      await waitFor('the way back', async () => ((await sender(email))['associated_deal_ids'] as unknown[]).length === 1);
      expect((await api.get(`/deals/${other}/case-file`)).body).toMatchObject({ quarantine_items: [{ id: first }, { id: second }] });
    });

    it('are listed latest mail first, and described by operators', async () => {
      await receive({ sender: 'late@example.com', received_at: '2100-01-01T00:00:00Z' });
      await receive({ sender: 'late@example.com', received_at: '2000-01-01T00:00:00Z' });
      const { body } = await api.get('/senders?limit=1');
      expect(body).toMatchObject([{ email: 'late@example.com', last_email_at: '2100-01-01T00:00:00.000Z' }]);
      const read = await api.get('/senders/late@example.com');
      const tag = { 'if-match': String(read.headers.get('etag')) };
      const changed = await api.patch('/senders/late@example.com', { role: 'owner', quality_rating: 'HIGH', sender_type: 'seller' }, tag);
      expect([changed.status, changed.body]).toMatchObject([200, { role: 'owner', quality_rating: 'HIGH', sender_type: 'seller' }]);
      expect(problem(await api.patch('/senders/late@example.com', { role: 'x' }, tag))).toEqual([412, 'PRECONDITION_FAILED']);
      expect(problem(await api.patch('/senders/nobody@example.com', { role: 'x' }))).toEqual([404, 'SENDER_NOT_FOUND']);
      expect(problem(await api.patch('/senders/late@example.com', {}))).toEqual([400, 'VALIDATION_ERROR']);
      expect(await eventTypes(String((read.body as Json)['id']))).toEqual(['sender.updated']);
      await receive({ sender: 'late@example.com', sender_name: 'Later' });
      expect(await sender('late@example.com')).toMatchObject({ name: 'Later', role: 'owner', sender_type: 'seller' });
      expect(((await api.get('/senders?sender_type=seller')).body as Json[]).map(({ email }) => email)).toEqual(['late@example.com']);
    });
  });
});
