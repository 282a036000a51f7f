import { waitFor } from '#zakops/testing';
import { DealsApi } from './deals-api.js';
import type { DealsAnswer } from './deals-api.js';

const UNKNOWN = 'DEAL-999999';

describe('what becomes of deals', () => {
  let api: DealsApi;

  beforeAll(async () => {
    api = await DealsApi.start();
  });

  afterAll(() => api.stop());

  const eventTypes = async (dealId: string): Promise<unknown> =>
    (
      await api.database.query<{ type: string }>(`SELECT type FROM zakops.events WHERE aggregate_id = $1 ORDER BY aggregate_seq`, [dealId])
    ).map(({ type }) => type);

  const problem = ({ status, body }: DealsAnswer): unknown => [status, (body as { code: string }).code];
  const fillAliases = (dealId: string, count: number): Promise<unknown> =>
    api.database.query(
      `INSERT INTO zakops.deal_aliases (id, deal_id, alias, alias_type, confidence, source)
       SELECT gen_random_uuid(), $1, $1 || ' alias ' || n, 'company_name', 1, 'test' FROM generate_series(1, $2::int) n`,
      [dealId, count],
    );

  it('archives a deal and restores it to the status that it had', async () => {
    const id = await api.open({ status: 'inactive' });
    expect(await api.post(`/deals/${id}/archive`, { reason: 'went quiet', operator: 'ann@example.com' })).toMatchObject({
      status: 200,
      body: { deal_id: id, status: 'archived', stage: 'inbound' },
    });
    expect((await api.post(`/deals/${id}/archive`, {})).body).toMatchObject({ status: 'archived' });
    expect((await api.post(`/deals/${id}/restore`, {})).body).toMatchObject({ status: 'inactive' });
    expect((await api.post(`/deals/${id}/restore`, {})).body).toMatchObject({ status: 'inactive' });
    expect(await eventTypes(id)).toEqual(['deal.created', 'deal.archived', 'deal.restored']);
    const [entry] = await api.database.query<{ details: object }>(
      `SELECT details FROM zakops.audit_log WHERE resource_id = $1 AND action = 'deal.archived'`,
      [id],
    );
    expect(entry?.details).toEqual({ version: 2, on_behalf_note: 'ann@example.com' });
  });

  it('restores a deal that was archived by an update', async () => {
    const id = await api.open();
    await api.patch(`/deals/${id}`, { status: 'archived' });
    expect((await api.post(`/deals/${id}/restore`, {})).body).toMatchObject({ status: 'active' });
  });

  it('archives many, with a result for each', async () => {
    const [one, two, gone] = [await api.open(), await api.open(), await api.open()];
    await api.post(`/deals/${two}/archive`, {});
    await api.call('DELETE', `/deals/${gone}`);
    const ids = Array.from({ length: 496 }, (_, n) => `DEAL-${String(900_000 + n)}`);
    const { status, body } = await api.post('/deals/bulk-archive', { deal_ids: [UNKNOWN, two, one, gone, ...ids], reason: 'tidy' });
    expect([status, body]).toMatchObject([200, { archived: 1, unchanged: 1, failed: 498 }]);
    expect((body as { results: unknown[] }).results.slice(0, 4)).toMatchObject([
      { deal_id: UNKNOWN, outcome: 'failed', code: 'DEAL_NOT_FOUND' },
      { deal_id: two, outcome: 'unchanged', code: null },
      { deal_id: one, outcome: 'archived', code: null },
      { deal_id: gone, outcome: 'failed', code: 'DEAL_NOT_FOUND' },
    ]);
    const tooMany = await api.post('/deals/bulk-archive', { deal_ids: [...ids, ...ids.map((id) => `${id}0`)] });
    expect(tooMany).toMatchObject({ status: 400, body: { errors: [{ pointer: '/deal_ids', code: 'TOO_MANY' }] } });
    const twice = await api.post('/deals/bulk-archive', { deal_ids: [one, one] });
    expect(twice).toMatchObject({ status: 400, body: { errors: [{ pointer: '/deal_ids', code: 'NOT_UNIQUE' }] } });
  });

  it('hides a deleted deal from reads, lists, search and changes, and brings it back', async () => {
    const id = await api.open({ canonical_name: 'to be deleted' });
    const { headers } = await api.get(`/deals/${id}`);
    const found = async (): Promise<unknown> => [
      ((await api.get('/deals?search=to be deleted')).body as unknown[]).length,
      ((await api.get('/search/deals?q=to be deleted')).body as { results: unknown[] }).results.length,
    ];
    expect(await found()).toEqual([1, 1]);
    expect(problem(await api.call('DELETE', `/deals/${id}`, undefined, { 'if-match': '"7"' }))).toEqual([412, 'PRECONDITION_FAILED']);
    const deleted = await api.call('DELETE', `/deals/${id}?reason=mistake`, undefined, { 'if-match': String(headers.get('etag')) });
    expect(deleted.status).toBe(204);
    expect(problem(await api.get(`/deals/${id}`))).toEqual([404, 'DEAL_NOT_FOUND']);
    expect(await found()).toEqual([0, 0]);
    expect(problem(await api.patch(`/deals/${id}`, { display_name: 'x' }))).toEqual([404, 'DEAL_NOT_FOUND']);
    expect(problem(await api.call('DELETE', `/deals/${id}`))).toEqual([404, 'DEAL_NOT_FOUND']);
    expect(await api.post(`/deals/${id}/undelete`, {})).toMatchObject({ status: 200, body: { deal_id: id } });
    expect((await api.get(`/deals/${id}`)).status).toBe(200);
    expect(await found()).toEqual([1, 1]);
    expect(problem(await api.post(`/deals/${UNKNOWN}/undelete`, {}))).toEqual([404, 'DEAL_NOT_FOUND']);
    expect(await eventTypes(id)).toEqual(['deal.created', 'deal.deleted', 'deal.undeleted']);
    const audited = await api.database.query(
      `SELECT before, after FROM zakops.audit_log WHERE resource_id = $1 AND action IN ('deal.deleted', 'deal.undeleted') ORDER BY id`,
      [id],
    );
    expect(audited).toEqual([
      { before: { deleted: false }, after: { deleted: true, reason: 'mistake' } },
      { before: { deleted: true }, after: { deleted: false } },
    ]);
  });

  describe('merging', () => {
    const alias = (id: string, text: string): Promise<DealsAnswer> =>
      api.post(`/deals/${id}/aliases`, { alias: text, alias_type: 'company_name', confidence: 0.9 });
    const aliases = async (id: string): Promise<unknown> =>
      ((await api.get(`/deals/${id}/aliases`)).body as { alias: string }[]).map((one) => one.alias).sort();

    it('gives aliases, identifiers and threads to the deal that goes on, and points to it from then on', async () => {
      const [old, survivor] = [
        await api.open({ identifiers: { listing_ids: ['A', 'B'], axial_id: 'old' } }),
        await api.open({ identifiers: { listing_ids: ['B', 'C'] } }),
      ];
      await api.database.query(`UPDATE zakops.deals SET email_thread_ids = '["t1"]' WHERE deal_id = $1`, [old]);
      await alias(old, 'Acme');
      await alias(old, 'Acme Inc');
      await alias(survivor, 'ACME');
      await api.post(`/deals/${old}/transition`, { new_stage: 'initial_review' });

      const merged = await api.post(`/deals/${old}/merge`, { into: survivor, reason: 'same listing' });
      expect(merged).toMatchObject({
        status: 200,
        body: {
          deal_id: old,
          merged_into: survivor,
          deal: {
            deal_id: survivor,
            identifiers: { listing_ids: ['B', 'C', 'A'], axial_id: 'old' },
            email_thread_ids: ['t1'],
            alias_count: 2,
          },
        },
      });
      expect([await aliases(old), await aliases(survivor)]).toEqual([['Acme'], ['ACME', 'Acme Inc']]);
      expect([await eventTypes(old), await eventTypes(survivor)]).toEqual([
        ['deal.created', 'deal.alias_added', 'deal.alias_added', 'deal.stage_changed', 'deal.merged'],
        ['deal.created', 'deal.alias_added', 'deal.absorbed'],
      ]);
      const response = await fetch(`${api.url}/api/deals/${old}`, { redirect: 'manual' });
      expect([response.status, response.headers.get('location'), await response.json()]).toMatchObject([
        301,
        `/api/deals/${survivor}`,
        { code: 'DEAL_REPLACED', merged_into: survivor },
      ]);
      expect((await api.get(`/deals/${old}`)).body).toMatchObject({ deal_id: survivor });
      expect((await api.get(`/deals/${old}/stage-history`)).body).toMatchObject({ history: [{ to_stage: 'initial_review' }] });
      expect((await api.get('/deals?status=merged')).body).toMatchObject([{ deal_id: old, merged_into: survivor }]);
      for (const refused of [
        await api.patch(`/deals/${old}`, { display_name: 'x' }),
        await api.post(`/deals/${old}/transition`, { new_stage: 'due_diligence' }),
        await api.post(`/deals/${old}/archive`, {}),
        await api.call('DELETE', `/deals/${old}`),
        await alias(old, 'y'),
      ]) {
        expect(refused).toMatchObject({ status: 409, body: { code: 'DEAL_MERGED', merged_into: survivor } });
      }
    });

    it('follows a chain to its end, and closes no circle', async () => {
      const [a, b, c] = [await api.open(), await api.open(), await api.open()];
      await api.post(`/deals/${a}/merge`, { into: b });
      await api.post(`/deals/${b}/merge`, { into: c });
      const response = await fetch(`${api.url}/api/deals/${a}`, { redirect: 'manual' });
      expect(response.headers.get('location')).toBe(`/api/deals/${c}`);
      expect(await api.post(`/deals/${c}/merge`, { into: a })).toMatchObject({
        status: 409,
        body: { code: 'DEAL_MERGED', merged_into: c },
      });
      expect(problem(await api.post(`/deals/${c}/merge`, { into: c }))).toEqual([422, 'RULE_BROKEN']);
      expect(problem(await api.post(`/deals/${c}/merge`, { into: UNKNOWN }))).toEqual([404, 'DEAL_NOT_FOUND']);
    });

    it('lets one of two merges against each other win, and never both', async () => {
      for (let round = 0; round < 5; round += 1) {
        const [a, b] = [await api.open(), await api.open()];
        const answers = await Promise.all([api.post(`/deals/${a}/merge`, { into: b }), api.post(`/deals/${b}/merge`, { into: a })]);
        expect(answers.map(({ status }) => status).sort()).toEqual([200, 409]);
      }
    });

    it('brings no more aliases than a deal may have', async () => {
      const [old, survivor] = [await api.open(), await api.open()];
      await fillAliases(old, 600);
      await fillAliases(survivor, 500);
      const refused = await api.post(`/deals/${old}/merge`, { into: survivor });
      expect(problem(refused)).toEqual([422, 'RULE_BROKEN']);
      expect((await api.get(`/deals/${old}`)).body).toMatchObject({ deal_id: old, status: 'active', alias_count: 600 });
    });

    it('leaves the case file of the old deal where it was', async () => {
      const [old, survivor] = [await api.open(), await api.open()];
      await api.post(`/deals/${old}/note`, { content: 'seen before the merge' });
      await api.post(`/deals/${old}/merge`, { into: survivor });
      expect((await api.get(`/deals/${old}/case-file`)).body).toMatchObject({
        deal: { deal_id: old, status: 'merged', merged_into: survivor },
        notes: [{ content: 'seen before the merge' }],
        complete: true,
      });
    });

    it('is not done by hand', async () => {
      const id = await api.open();
      expect(await api.post('/deals', { canonical_name: 'x', status: 'merged' })).toMatchObject({
        status: 422,
        body: { code: 'RULE_BROKEN', errors: [{ pointer: '/status', code: 'NOT_EDITABLE' }] },
      });
      expect(await api.patch(`/deals/${id}`, { status: 'merged' })).toMatchObject({
        status: 422,
        body: { code: 'RULE_BROKEN', errors: [{ pointer: '/status', code: 'NOT_EDITABLE' }] },
      });
    });
  });

  it('shows where a deal may go', async () => {
    const id = await api.open();
    expect((await api.get(`/deals/${id}`)).body).toMatchObject({
      state_machine: {
        current_stage: 'inbound',
        is_terminal: false,
        allowed_transitions: ['initial_review', 'closed_lost', 'archived'],
        advisory_context: { days_in_stage: 0 },
      },
    });
  });

  describe('guards', () => {
    const guards = async (): Promise<{ id: string; rule: string; enabled: boolean }[]> =>
      (await api.get('/admin/deal-guards')).body as { id: string; rule: string; enabled: boolean }[];

    it('hold a deal back once they are enabled, and a dry run says so', async () => {
      const id = await api.open({ stage: 'initial_review' });
      const nda = (await guards()).find(({ rule }) => rule === 'nda_signed');
      expect(nda?.enabled).toBe(false);
      const dryRun = (): Promise<DealsAnswer> => api.post(`/deals/${id}/transition`, { new_stage: 'due_diligence', dry_run: true });
      expect((await dryRun()).body).toEqual({
        deal_id: id,
        from_stage: 'initial_review',
        to_stage: 'due_diligence',
        dry_run: true,
        allowed: true,
        blocked_by: [],
        would_cancel: [],
        events: ['deal.stage_changed'],
      });

      const { headers } = await api.patch(`/admin/deal-guards/${String(nda?.id)}`, { enabled: true });
      const blocker = {
        guard_id: nda?.id,
        rule: 'nda_signed',
        message: 'Sign an NDA before due diligence.',
        fields: ['/metadata/nda_status'],
      };
      expect((await dryRun()).body).toMatchObject({ allowed: false, blocked_by: [blocker], events: [] });
      const refused = await api.post(`/deals/${id}/transition`, { new_stage: 'due_diligence' });
      expect(refused).toMatchObject({ status: 422, body: { code: 'MOVE_BLOCKED', blocked_by: [blocker] } });
      expect(await eventTypes(id)).toEqual(['deal.created']);

      await api.patch(`/deals/${id}`, { metadata: { nda_status: 'signed' } });
      expect((await api.post(`/deals/${id}/transition`, { new_stage: 'due_diligence' })).status).toBe(200);
      const off = await api.patch(`/admin/deal-guards/${String(nda?.id)}`, { enabled: false }, { 'if-match': String(headers.get('etag')) });
      expect([off.status, (off.body as { enabled: boolean }).enabled]).toEqual([200, false]);
      const stale = await api.patch(
        `/admin/deal-guards/${String(nda?.id)}`,
        { enabled: true },
        { 'if-match': String(headers.get('etag')) },
      );
      expect(problem(stale)).toEqual([412, 'PRECONDITION_FAILED']);
    });

    it('ask for fields and for open actions, on one edge', async () => {
      const added = await api.post('/admin/deal-guards', {
        from_stage: 'inbound',
        to_stage: 'initial_review',
        rule: 'required_fields',
        fields: ['/metadata/asking_price', '/broker/name', '/canonical_name'],
        message: 'Ask the broker.',
      });
      const more = await api.post('/admin/deal-guards', { to_stage: 'initial_review', rule: 'no_open_actions', message: 'Finish first.' });
      expect([added.status, more.status]).toEqual([201, 201]);
      const elsewhere = await api.open({ stage: 'due_diligence' });
      const otherEdge = await api.post(`/deals/${elsewhere}/transition`, { new_stage: 'initial_review', dry_run: true });
      expect(otherEdge.body).toMatchObject({ allowed: true, blocked_by: [] });
      const id = await api.open();
      await api.database.query(
        `INSERT INTO zakops.actions (action_id, deal_id, action_type, title, status) VALUES ('A-1', $1, 'x', 'x', 'READY')`,
        [id],
      );
      const answer = await api.post(`/deals/${id}/transition`, { new_stage: 'initial_review', dry_run: true });
      expect((answer.body as { blocked_by: unknown[] }).blocked_by).toMatchObject([
        { rule: 'required_fields', fields: ['/metadata/asking_price', '/broker/name'] },
        { rule: 'no_open_actions', fields: [] },
      ]);
      // A deal that is there already is not moved, so nothing holds it back and nothing ends.
      const there = await api.open({ stage: 'initial_review' });
      await api.post(`/deals/${there}/snooze`, { until: new Date().toISOString().slice(0, 10), reason: 'x' });
      expect((await api.post(`/deals/${there}/transition`, { new_stage: 'initial_review', dry_run: true })).body).toMatchObject({
        allowed: true,
        blocked_by: [],
        would_cancel: [],
        events: [],
      });
      for (const { body } of [added, more]) {
        expect((await api.call('DELETE', `/admin/deal-guards/${(body as { id: string }).id}`)).status).toBe(204);
      }
      expect((await api.post(`/deals/${id}/transition`, { new_stage: 'initial_review' })).status).toBe(200);
      const log = await api.database.query<{ action: string }>(
        `SELECT action FROM zakops.audit_log WHERE resource_type = 'deal_guard' ORDER BY id`,
      );
      const [removed] = await api.database.query(
        `SELECT before FROM zakops.audit_log WHERE resource_id = $1 AND action = 'deal_guard.removed'`,
        [(added.body as { id: string }).id],
      );
      expect(removed).toEqual({
        before: {
          from_stage: 'inbound',
          to_stage: 'initial_review',
          rule: 'required_fields',
          fields: ['/metadata/asking_price', '/broker/name', '/canonical_name'],
          message: 'Ask the broker.',
          enabled: true,
        },
      });
      expect(log.map(({ action }) => action).slice(-4)).toEqual([
        'deal_guard.added',
        'deal_guard.added',
        'deal_guard.removed',
        'deal_guard.removed',
      ]);
    });

    it('name the stage machine for a move that does not exist', async () => {
      const id = await api.open();
      expect((await api.post(`/deals/${id}/transition`, { new_stage: 'closing', dry_run: true })).body).toMatchObject({
        allowed: false,
        blocked_by: [{ guard_id: null, rule: 'stage_machine' }],
      });
    });
  });

  describe('outcomes', () => {
    it('are kept with the move, in history, event and deal', async () => {
      const id = await api.open();
      const lost = { new_stage: 'closed_lost', outcome_reason: 'price_gap', outcome_note: 'two million apart' };
      expect((await api.post(`/deals/${id}/transition`, lost)).status).toBe(200);
      expect((await api.get(`/deals/${id}`)).body).toMatchObject({ outcome_reason: 'price_gap', outcome_note: 'two million apart' });
      const [row] = await api.database.query(
        `SELECT h.outcome_reason, h.outcome_note, e.data ->> 'outcome_reason' AS told
           FROM zakops.deal_stage_history h JOIN zakops.events e ON e.aggregate_id = h.deal_id AND e.type = 'deal.stage_changed'
          WHERE h.deal_id = $1`,
        [id],
      );
      expect(row).toEqual({ outcome_reason: 'price_gap', outcome_note: 'two million apart', told: 'price_gap' });
    });

    it('are kept of a deal that is won', async () => {
      const id = await api.open({ stage: 'closing' });
      expect((await api.post(`/deals/${id}/transition`, { new_stage: 'closed_won', outcome_reason: 'price_agreed' })).status).toBe(200);
      expect((await api.get(`/deals/${id}`)).body).toMatchObject({ outcome_reason: 'price_agreed', outcome_note: null });
    });

    it('must fit the stage, in a dry run too', async () => {
      const id = await api.open();
      const move = (body: object): Promise<DealsAnswer> => api.post(`/deals/${id}/transition`, body);
      for (const dryRun of [{}, { dry_run: true }]) {
        expect(problem(await move({ new_stage: 'initial_review', outcome_reason: 'price_gap', ...dryRun }))).toEqual([422, 'RULE_BROKEN']);
        expect(problem(await move({ new_stage: 'closed_lost', outcome_reason: 'price_agreed', ...dryRun }))).toEqual([422, 'RULE_BROKEN']);
      }
      expect(problem(await move({ new_stage: 'closed_lost', outcome_reason: 'nonsense' }))).toEqual([400, 'VALIDATION_ERROR']);
    });

    it('are needed when the operator says so, and only then', async () => {
      const free = await api.open();
      expect((await api.post(`/deals/${free}/transition`, { new_stage: 'closed_lost' })).status).toBe(200);
      const strict = await DealsApi.start({ REQUIRE_OUTCOME_REASON: 'true' });
      try {
        const id = await strict.open();
        expect(await strict.post(`/deals/${id}/transition`, { new_stage: 'closed_lost' })).toMatchObject({
          status: 422,
          body: { code: 'RULE_BROKEN', errors: [{ pointer: '/outcome_reason', code: 'REQUIRED' }] },
        });
        expect(problem(await strict.post(`/deals/${id}/transition`, { new_stage: 'closed_lost', dry_run: true }))).toEqual([
          422,
          'RULE_BROKEN',
        ]);
        expect((await strict.post(`/deals/${id}/transition`, { new_stage: 'closed_lost', outcome_reason: 'no_fit' })).status).toBe(200);
      } finally {
        await strict.stop();
      }
    });
  });

  it('takes no more than 1,000 aliases', async () => {
    const id = await api.open();
    await fillAliases(id, 999);
    const add = (alias: string): Promise<DealsAnswer> =>
      api.post(`/deals/${id}/aliases`, { alias, alias_type: 'company_name', confidence: 1 });
    expect((await add('the last one')).status).toBe(201);
    expect(problem(await add('one more'))).toEqual([422, 'RULE_BROKEN']);
    expect((await api.post(`/deals/${id}/transition`, { new_stage: 'initial_review' })).status).toBe(200);
  });

  it('refuses a move that begins while a merge is under way', async () => {
    const [moving, survivor] = [await api.open(), await api.open()];
    const holder = await api.database.connect();
    await holder.query('BEGIN');
    await holder.query('SELECT 1 FROM zakops.deals WHERE deal_id = $1 FOR UPDATE', [survivor]);
    const merge = api.post(`/deals/${moving}/merge`, { into: survivor });
    const waiting = async (): Promise<number | undefined> => {
      const [row] = await api.database.query<{ n: number }>(
        `SELECT count(*)::int AS n FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
      );
      return row?.n;
    };
    await waitFor('the merge to wait', async () => (await waiting()) === 1);
    const move = api.post(`/deals/${moving}/transition`, { new_stage: 'initial_review' });
    await waitFor('the move to wait, too', async () => (await waiting()) === 2);
    await holder.query('COMMIT');
    expect([(await merge).status, problem(await move)]).toEqual([200, [409, 'DEAL_MERGED']]);
  });
});
