import { spawnWorker, waitFor } from '#zakops/testing';
import { DealsApi } from './deals-api.js';

const INSTANT = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/) as string;

const FULL = {
  canonical_name: 'acme-plumbing',
  display_name: 'Acme Plumbing',
  folder_path: '/deals/acme',
  stage: 'initial_review',
  status: 'active',
  identifiers: { listing_ids: ['BBS-99120'], bizbuysell_id: '99120', internal_codes: [] },
  company_info: { company_name: 'Acme Plumbing LLC', dba_names: ['Acme'], location: { city: 'Austin', state: 'TX', region: null } },
  broker: { name: 'Bo', email: 'bo@example.com', quality_rating: 'HIGH', sectors: ['trades'] },
  metadata: {
    priority: 'HIGH',
    asking_price: { amount: '1250000.00', currency: 'USD' },
    ebitda: { amount: '-12345678901234567.8901', currency: 'EUR' },
    revenue: null,
    employees: 12,
    nda_status: 'signed',
    cim_received: true,
    archived_at: null,
  },
};

describe('deals over HTTP', () => {
  let api: DealsApi;

  beforeAll(async () => {
    api = await DealsApi.start();
  });

  afterAll(async () => {
    await api.stop();
  });

  it('opens a deal and gives it back as it was given', async () => {
    const created = await api.post('/deals', FULL);

    expect(created.status).toBe(201);
    expect(created.headers.get('etag')).toMatch(/^"1-/);
    const { deal_id: id } = created.body as { deal_id: string };
    expect(id).toMatch(/^DEAL-\d{6}$/);
    expect(created.headers.get('location')).toBe(`/api/deals/${id}`);
    expect(created.body).toEqual({
      deal_id: id,
      ...FULL,
      email_thread_ids: [],
      created_at: INSTANT,
      updated_at: INSTANT,
      days_since_update: 0,
      action_count: 0,
      alias_count: 0,
      merged_into: null,
      outcome_reason: null,
      outcome_note: null,
      days_in_stage: 0,
      next_step: null,
      next_step_at: null,
      snoozed_until: null,
      snooze_reason: null,
      source: 'api',
      state_machine: {
        current_stage: 'initial_review',
        is_terminal: false,
        allowed_transitions: ['due_diligence', 'inbound', 'closed_lost'],
        advisory_context: { days_in_stage: 0, stage_entered_at: INSTANT },
      },
    });
    const read = await api.get(`/deals/${id}`);
    expect(read.status).toBe(200);
    expect(read.headers.get('etag')).toBe(created.headers.get('etag'));
    expect(read.body).toEqual(created.body);
  });

  it('opens a deal from its name alone', async () => {
    expect((await api.post('/deals', { canonical_name: 'x' })).body).toMatchObject({
      display_name: null,
      folder_path: null,
      stage: 'inbound',
      status: 'active',
      identifiers: {},
      company_info: {},
      broker: {},
      metadata: { priority: 'MEDIUM' },
    });
  });

  it('numbers deals one after the other', async () => {
    const numbers = [await api.open(), await api.open()].map((id) => Number(id.slice(5)));

    expect(numbers[1]).toBe((numbers[0] ?? 0) + 1);
  });

  it.each(['closed_won', 'closed_lost', 'archived'])('does not open a deal in %s', async (stage) => {
    const { status, body } = await api.post('/deals', { canonical_name: 'x', stage });

    expect(status).toBe(422);
    expect(body).toMatchObject({
      code: 'INVALID_STAGE_TRANSITION',
      allowed_stages: expect.arrayContaining(['inbound', 'closing']) as string[],
    });
  });

  it('changes the given fields only, each as a whole', async () => {
    const id = await api.open(FULL);

    const { status, headers, body } = await api.patch(`/deals/${id}`, { display_name: null, metadata: { nda_status: 'none' } });

    expect(status).toBe(200);
    expect(headers.get('etag')).toMatch(/^"2-/);
    expect(body).toMatchObject({ ...FULL, display_name: null, metadata: { nda_status: 'none', priority: 'MEDIUM' } });
    expect(body).not.toHaveProperty('metadata.employees');
  });

  it('does not count a change that changes nothing', async () => {
    const id = await api.open(FULL);

    const { headers } = await api.patch(`/deals/${id}`, { display_name: FULL.display_name, metadata: FULL.metadata });

    expect(headers.get('etag')).toMatch(/^"1-/);
  });

  it('refuses the stage in an update and says where it is changed, whatever else is in it', async () => {
    const id = await api.open();

    for (const stage of ['initial_review', 'inbound', null, 7]) {
      const { status, body } = await api.patch(`/deals/${id}`, { display_name: 'y', stage });
      expect(status).toBe(422);
      expect(body).toMatchObject({
        code: 'INVALID_STAGE_TRANSITION',
        transition: `/api/deals/${id}/transition`,
        allowed_stages: ['initial_review', 'closed_lost', 'archived'],
      });
    }
    expect((await api.get(`/deals/${id}`)).body).toMatchObject({ stage: 'inbound', display_name: null });
  });

  it('lets one of two updates with the same ETag through', async () => {
    const id = await api.open();

    const answers = await Promise.all(
      [1, 2].map((n) => api.patch(`/deals/${id}`, { display_name: `name ${String(n)}` }, { 'if-match': '"1"' })),
    );

    expect(answers.map((answer) => answer.status).sort()).toEqual([200, 412]);
    const loser = answers.find((answer) => answer.status === 412);
    expect(loser?.body).toMatchObject({ code: 'PRECONDITION_FAILED', current_version: 2 });
    expect((await api.patch(`/deals/${id}`, { display_name: 'z' }, { 'if-match': 'W/"2"' })).status).toBe(412);
    expect((await api.patch(`/deals/${id}`, { display_name: 'z' }, { 'if-match': '"7", "2"' })).status).toBe(200);
    expect((await api.patch(`/deals/${id}`, { display_name: 'zz' }, { 'if-match': '*' })).status).toBe(200);
  });

  it('counts a change of aliases as a change of the deal: it answers its ETag and honours If-Match', async () => {
    const id = await api.open();
    const alias = { alias: 'Acme LLC', alias_type: 'dba_name' };

    expect((await api.post(`/deals/${id}/aliases`, alias, { 'if-match': '"7"' })).status).toBe(412);
    const added = await api.post(`/deals/${id}/aliases`, alias, { 'if-match': '"1"' });
    expect([added.status, added.headers.get('etag')]).toEqual([201, expect.stringMatching(/^"2-/)]);
    const path = added.headers.get('location') ?? '';
    expect((await api.call('DELETE', path, undefined, { 'if-match': '"1"' })).status).toBe(412);
    const removed = await api.call('DELETE', path, undefined, { 'if-match': '"2"' });
    expect([removed.status, removed.headers.get('etag')]).toEqual([204, '"3"']);
    expect((await api.get(`/deals/${id}`)).headers.get('etag')).toMatch(/^"3-/);
  });

  it('keeps aliases: adds, orders, pages, refuses twice, removes', async () => {
    const id = await api.open();
    const add = (alias: string, confidence?: number): ReturnType<DealsApi['post']> =>
      api.post(`/deals/${id}/aliases`, { alias, alias_type: 'dba_name', ...(confidence === undefined ? {} : { confidence }) });

    const low = await add('low', 0.6);
    expect(low.status).toBe(201);
    expect(low.body).toEqual({
      id: expect.any(String) as string,
      alias: 'low',
      alias_type: 'dba_name',
      confidence: 0.6,
      source: 'api',
      created_at: INSTANT,
    });
    const location = low.headers.get('location') ?? '';
    expect((await api.get(location)).body).toEqual(low.body);
    await add('high');
    await add('low too', 0.6);
    const twice = await add('HIGH', 0.1);
    expect(twice.status).toBe(409);
    expect(twice.body).toMatchObject({ code: 'CONFLICT' });

    const whole = await api.get(`/deals/${id}/aliases`);
    expect((whole.body as { alias: string }[]).map(({ alias }) => alias)).toEqual(['high', 'low', 'low too']);
    expect(whole.headers.get('link')).toBeNull();
    const names: string[] = [];
    for (let next: string | null = `/api/deals/${id}/aliases?limit=1`; next !== null;) {
      const page = await api.get(next);
      names.push(...(page.body as { alias: string }[]).map(({ alias }) => alias));
      next = /<([^>]+)>; rel="next"/.exec(page.headers.get('link') ?? '')?.[1] ?? null;
    }
    expect(names).toEqual(['high', 'low', 'low too']);
    expect((await api.get(`/deals/${id}`)).body).toMatchObject({ alias_count: 3 });

    const removed = await api.call('DELETE', location);
    expect(removed.status).toBe(204);
    const again = await api.call('DELETE', location);
    expect(again.status).toBe(404);
    expect(again.body).toMatchObject({ code: 'NOT_FOUND' });
    expect((await api.get(location)).status).toBe(404);
  });

  it('answers 404 for a deal that is not there, on every path', async () => {
    const answers = await Promise.all([
      ...['', '/events', '/aliases', '/valid-transitions', '/stage-history'].map((path) => api.get(`/deals/DEAL-999999${path}`)),
      api.patch('/deals/DEAL-999999', { display_name: 'x' }),
      api.post('/deals/DEAL-999999/transition', { new_stage: 'closing' }),
      api.post('/deals/DEAL-999999/aliases', { alias: 'x', alias_type: 'dba_name' }),
      api.call('DELETE', '/deals/DEAL-999999/aliases/0199c4a2-7d1e-7c3b-9f50-3a1f6f1c2b4d'),
    ]);

    for (const { status, body } of answers) {
      expect(status).toBe(404);
      expect(body).toMatchObject({ code: 'DEAL_NOT_FOUND', deal_id: 'DEAL-999999' });
    }
  });

  it('tells what happened once the worker has delivered it, and counts it', async () => {
    const id = await api.open({ display_name: 'Acme' });
    await api.patch(`/deals/${id}`, { display_name: 'Acme 2' });
    await api.post(`/deals/${id}/transition`, { new_stage: 'initial_review', reason: 'fits' });
    const worker = await spawnWorker(api.database.url);
    try {
      const events = await waitFor('three entries', async () => {
        const { body } = await api.get(`/deals/${id}/events`);
        return (body as unknown[]).length === 3 && body;
      });
      const common = { id: expect.any(String) as string, deal_id: id, actor: 'dev@zakops.local', created_at: INSTANT, after_gap: false };
      expect(events).toEqual([
        {
          ...common,
          event_type: 'deal.stage_changed',
          source: 'workflow',
          details: { from_stage: 'inbound', to_stage: 'initial_review', transitioned_by: 'dev@zakops.local', reason: 'fits' },
        },
        {
          ...common,
          event_type: 'deal.updated',
          source: 'api',
          details: { changes: [{ field: 'display_name', old_value: 'Acme', new_value: 'Acme 2' }] },
        },
        {
          ...common,
          event_type: 'deal.created',
          source: 'api',
          details: { canonical_name: 'acme-plumbing', display_name: 'Acme', stage: 'inbound', status: 'active' },
        },
      ]);
      const first = await api.get(`/deals/${id}/events?limit=2`);
      const rest = await api.get(`/deals/${id}/events?limit=2&cursor=${first.headers.get('x-next-cursor') ?? ''}`);
      expect([...(first.body as unknown[]), ...(rest.body as unknown[])]).toEqual(events);
      expect(rest.headers.get('x-next-cursor')).toBeNull();
      const [row] = await api.database.query<{ n: number }>('SELECT count(*)::int AS n FROM zakops.events');
      await waitFor('the stats to hold every event', async () => {
        const { body } = await api.get('/pipeline/stats');
        return (body as { recent_events_24h: number }).recent_events_24h === row?.n;
      });
    } finally {
      await worker.stop();
    }
  });
});
