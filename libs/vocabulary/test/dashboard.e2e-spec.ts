import { SseClient, spawnWorker } from '#zakops/testing';
import { z } from 'zod';
import { DealsApi } from '../../deals/test/deals-api.js';
import type { DealsAnswer } from '../../deals/test/deals-api.js';

const STAGES = ['inbound', 'screening', 'qualified', 'loi', 'diligence', 'closing', 'portfolio', 'junk', 'archived'] as const;
const stage = z.enum(STAGES);
const money = z.number().nullable();
const texts = z.array(z.string());
const text = z.string().nullable();

// Written from the table of what the dashboard reads.
const deal = z.object({
  deal_id: z.string(),
  canonical_name: z.string(),
  display_name: text,
  stage,
  status: z.string(),
  identifiers: z.object({ listing_ids: texts, broker_reference_ids: texts, bizbuysell_id: text, axial_id: text, internal_codes: texts }),
  company_info: z.object({
    company_name: text,
    legal_entity: text,
    dba_names: texts,
    location: text,
    sector: text,
    franchise_system: text,
  }),
  broker: z.object({ name: text, email: text, phone: text, company: text, quality_rating: text, sectors: texts, domain: text }),
  metadata: z.object({
    priority: z.string(),
    asking_price: money,
    ebitda: money,
    revenue: money,
    nda_status: text,
    cim_received: z.boolean().nullable(),
  }),
  created_at: z.string(),
  updated_at: z.string(),
});
const move = z.object({ deal_id: z.string(), from_stage: stage, to_stage: stage, success: z.literal(true), idempotent_hit: z.boolean() });
const problem = (code: string): z.ZodType =>
  z.object({ code: z.literal(code), detail: z.string(), error: z.object({ code: z.literal(code) }) });

describe('the original dashboard', () => {
  let api: DealsApi;
  let id: string;
  let item: string;

  const ask = (method: string, path: string, body?: unknown, headers: Readonly<Record<string, string>> = {}): Promise<DealsAnswer> =>
    api.call(method, path, body, { 'x-zakops-vocabulary': 'dashboard', ...headers });

  beforeAll(async () => {
    api = await DealsApi.start();
    id = await api.open({
      canonical_name: 'acme',
      metadata: { asking_price: { amount: '1250000.50', currency: 'USD' } },
      broker: { name: 'Bo Broker' },
    });
    await api.post(`/deals/${id}/aliases`, { alias: 'Acme', alias_type: 'company_name', confidence: 1 });
    item = ((await api.post('/quarantine', { message_id: '<dash>', sender: 'bo@example.com' })).body as { id: string }).id;
  });

  afterAll(() => api.stop());

  // Every call of the table that this version serves, in an order in which they can work.
  const served = (): readonly (readonly [string, string, number, z.ZodType, unknown?])[] => [
    ['GET', '/api/version', 200, z.object({ version: z.string() })],
    ['GET', '/api/deals', 200, z.array(deal).length(1)],
    ['GET', '/api/deals?broker=bo brok', 200, z.array(deal).length(1)],
    ['GET', '/api/deals?broker=other', 200, z.array(deal).length(0)],
    ['GET', '/api/deals?stage=inbound', 200, z.array(deal).length(1)],
    ['GET', '/api/deals?stage=screening', 200, z.array(deal).length(0)],
    ['GET', '/api/deals?stage=nope', 400, problem('VALIDATION_ERROR')],
    ['GET', `/api/deals/${id}`, 200, deal.extend({ metadata: z.object({ asking_price: z.literal(1_250_000.5) }), _version: z.literal(2) })],
    [
      'GET',
      `/api/deals/${id}/events`,
      200,
      z.array(z.object({ id: z.string(), event_id: z.string(), timestamp: z.string(), event_type: z.string() })),
    ],
    ['GET', `/api/deals/${id}/aliases`, 200, z.array(z.object({ id: z.string(), alias: z.string() })).length(1)],
    [
      'POST',
      '/api/deals',
      201,
      deal.extend({
        stage: z.literal('screening'),
        metadata: z.object({ asking_price: z.literal(99.95), nda_status: z.literal('requested') }),
      }),
      {
        canonical_name: 'dash',
        stage: 'qualified',
        company_info: { location: 'Austin, TX' },
        metadata: { asking_price: 99.95, nda_status: 'requested' },
      },
    ],
    ['PATCH', `/api/deals/${id}`, 412, problem('PRECONDITION_FAILED'), { display_name: 'Acme', _version: 1 }],
    ['PATCH', `/api/deals/${id}`, 200, deal.extend({ _version: z.literal(3) }), { display_name: 'Acme', _version: 2 }],
    ['POST', `/api/deals/${id}/transition`, 200, move, { new_stage: 'screening', reason: 'fits' }],
    ['POST', `/api/deals/${id}/transition`, 200, move, { to_stage: 'diligence', reason: 'numbers', approved_by: 'ann@example.com' }],
    [
      'POST',
      `/api/deals/${id}/transition`,
      422,
      z.object({ code: z.literal('INVALID_STAGE_TRANSITION'), current_stage: z.literal('diligence'), allowed_stages: z.array(stage) }),
      { new_stage: 'portfolio' },
    ],
    ['GET', `/api/deals/${id}/valid-transitions`, 200, z.object({ current_stage: stage, valid_transitions: z.array(stage) })],
    [
      'GET',
      `/api/deals/${id}/stage-history`,
      200,
      z.object({ history: z.array(z.object({ from_stage: stage, to_stage: stage })).length(2) }),
    ],
    ['GET', '/api/deals/stages/summary', 200, z.array(z.object({ stage, count: z.number(), deals: z.array(deal) })).min(1)],
    ['GET', '/api/pipeline/summary', 200, z.array(z.object({ stage, count: z.number(), avg_days_in_stage: z.number() })).min(1)],
    ['GET', '/api/pipeline/stats', 200, z.object({ total_active_deals: z.number(), deals_by_stage: z.record(z.string(), z.number()) })],
    ['GET', '/api/quarantine', 200, z.array(z.object({ id: z.string(), message_id: z.string(), status: z.literal('pending') })).length(1)],
    ['GET', `/api/quarantine/${item}`, 200, z.object({ id: z.string() })],
    ['GET', '/api/quarantine/health', 200, z.object({ attention_needed: z.literal(false) })],
    ['GET', '/api/actions/quarantine', 200, z.array(z.object({ id: z.string() })).length(1)],
    ['GET', `/api/actions/quarantine/${item}/preview`, 200, z.object({ proposals: z.array(z.unknown()) })],
    [
      'POST',
      `/api/quarantine/${item}/process`,
      200,
      z.object({ status: z.literal('approved'), deal_id: z.string() }),
      { action: 'approve', processed_by: 'ui' },
    ],
    ['GET', '/api/senders', 200, z.array(z.object({ email: z.string() })).length(1)],
    ['GET', '/api/senders/bo@example.com', 200, z.object({ email: z.string() })],
    ['POST', `/api/deals/${id}/archive`, 200, deal, { operator: 'ui', reason: 'done' }],
    ['POST', '/api/deals/bulk-archive', 200, z.object({ archived: z.literal(0) }), { deal_ids: [id] }],
  ];

  // Every call of the table whose feature comes later.
  const later: readonly (readonly [string, string])[] = [
    ...['', '/A-1', '/capabilities', '/metrics', '/completed-count', '/A-1/artifact/x'].map(
      (path) => ['GET', `/api/actions${path}`] as const,
    ),
    ...[
      '',
      '/A-1/approve',
      '/A-1/reject',
      '/A-1/execute',
      '/A-1/cancel',
      '/A-1/retry',
      '/A-1/archive',
      '/bulk-archive',
      '/bulk-delete',
      '/clear-completed',
    ].map((path) => ['POST', `/api/actions${path}`] as const),
    ['PUT', '/api/actions/A-1/inputs'],
    ['DELETE', '/api/actions/A-1'],
    ['POST', '/api/threads'],
    ['GET', '/api/threads/thread_1'],
    ['POST', '/api/threads/thread_1/runs'],
    ['GET', '/api/threads/thread_1/runs/run_1/stream'],
    ['POST', '/api/threads/thread_1/runs/run_1/tool_calls/tc_1/approve'],
    ['GET', '/api/pending-tool-approvals'],
    ['GET', '/api/deferred-actions'],
    ['GET', '/api/deferred-actions/due'],
    ['GET', '/api/checkpoints'],
    ['GET', '/api/metrics/classification'],
    ['GET', '/api/deals/DEAL-000001/enrichment'],
    ['GET', '/api/deals/DEAL-000001/materials'],
    ['POST', '/api/chat'],
    ['GET', '/api/chat/session-1'],
    ['GET', '/api/agent/activity'],
    ['GET', '/api/integrations/email/threads'],
    ['GET', '/ws/updates'],
  ];

  it('gets from every call what it parses', async () => {
    for (const [method, path, status, schema, body] of served()) {
      const answer = await ask(method, path, body);
      const said = `${method} ${path} -> ${String(answer.status)} ${answer.text}`;
      if (answer.status !== status) throw new Error(said);
      const parsed = schema.safeParse(answer.body);
      if (!parsed.success) throw new Error(`${said}\n${parsed.error.message}`);
      expect(answer.headers.get('vary')).toContain('X-ZakOps-Vocabulary');
    }
    const [audited] = await api.database.query(
      `SELECT details ->> 'on_behalf_note' AS note FROM zakops.audit_log WHERE resource_id = $1 AND action = 'deal.stage_changed' ORDER BY id DESC`,
      [id],
    );
    expect(audited).toEqual({ note: 'ann@example.com' });
  });

  it('gets 501 for calls of later versions, for which others get 404', async () => {
    for (const [method, path] of later) {
      const url = api.url + path;
      const answer = await fetch(url, { method, headers: { 'x-zakops-vocabulary': 'dashboard' } });
      expect([path, answer.status, await answer.json()]).toMatchObject([
        path,
        501,
        { code: 'NOT_IMPLEMENTED', plan: 'the action and agent desk' },
      ]);
      expect([path, (await fetch(url, { method })).status]).toEqual([path, 404]);
    }
    expect((await ask('GET', '/nothing-of-the-kind')).status).toBe(404);
  });

  it('gets problems as they are when a call is refused', async () => {
    const closed = await DealsApi.start({ AUTH_REQUIRED: 'true', SESSION_SECRET: 'a-secret-that-is-long-enough-for-this-test' });
    try {
      for (const path of ['/deals/stages/summary', '/pipeline/summary', '/deals']) {
        const answer = await closed.get(path, { 'x-zakops-vocabulary': 'dashboard' });
        expect([path, answer.status, answer.body]).toMatchObject([path, 401, { code: 'UNAUTHORIZED', status: 401 }]);
      }
    } finally {
      await closed.stop();
    }
    const wrongMethod = await ask('GET', `/actions/quarantine/${item}/reject`);
    expect([wrongMethod.status, wrongMethod.headers.get('allow')]).toEqual([405, 'POST']);
  });

  it('chooses by the parameter as by the header, and nothing else changes for others', async () => {
    const { body } = await api.get(`/deals/${id}?vocabulary=dashboard`);
    expect(body).toMatchObject({ stage: 'diligence' });
    expect((await api.get(`/deals/${id}`)).body).toMatchObject({
      stage: 'due_diligence',
      metadata: { asking_price: { amount: '1250000.50' } },
    });
    expect((await api.get(`/deals/${id}?vocabulary=canonical`)).body).toMatchObject({ stage: 'due_diligence' });
    expect(await api.get(`/deals/${id}?vocabulary=nope`)).toMatchObject({
      status: 400,
      body: { errors: [{ pointer: 'vocabulary', code: 'NOT_ALLOWED' }] },
    });
    expect((await api.post('/deals', { canonical_name: 'x', metadata: { asking_price: 5 } })).status).toBe(400);
  });

  it('loses no cent, and takes no amount that a number cannot hold', async () => {
    for (const amount of [0, 0.01, 0.29, 1.005e3, 999_999_999.99, 90_000_000_000_000]) {
      const { body, status } = await ask('POST', '/deals', { canonical_name: 'money', metadata: { ebitda: amount } });
      const { deal_id: made } = body as { deal_id: string };
      const stored = (await api.get(`/deals/${made}`)).body as { metadata: { ebitda: { amount: string } } };
      expect([status, (body as { metadata: unknown }).metadata, stored.metadata.ebitda.amount]).toMatchObject([
        201,
        { ebitda: amount },
        amount.toFixed(2),
      ]);
    }
    for (const amount of [0.001, 1.999, 90_000_000_000_001]) {
      expect(await ask('POST', '/deals', { canonical_name: 'money', metadata: { ebitda: amount } })).toMatchObject({
        status: 400,
        body: { errors: [{ pointer: '/metadata/ebitda', code: 'NOT_EXACT' }] },
      });
    }
    const euros = await api.open({ metadata: { revenue: { amount: '5.00', currency: 'EUR' } } });
    expect((await ask('GET', `/deals/${euros}`)).body).toMatchObject({ metadata: { revenue: { amount: '5.00', currency: 'EUR' } } });
  });

  it('gets the stored answer of a repeated call in its words, and an entity tag of its own', async () => {
    const key = { 'idempotency-key': 'dash-1' };
    const first = await ask('POST', '/deals', { canonical_name: 'twice', stage: 'screening' }, key);
    const again = await ask('POST', '/deals', { canonical_name: 'twice', stage: 'screening' }, key);
    expect([again.headers.get('idempotency-replayed'), again.body]).toEqual(['true', first.body]);
    expect(first.body).toMatchObject({ stage: 'screening' });
    const { deal_id: made } = first.body as { deal_id: string };
    const tags = [await ask('GET', `/deals/${made}`), await api.get(`/deals/${made}`)].map(({ headers }) => headers.get('etag'));
    expect(tags[0]).not.toBe(tags[1]);
    expect((await ask('GET', `/deals/${made}`, undefined, { 'if-none-match': String(tags[0]) })).status).toBe(304);
  });

  it('gets and gives statuses of actions in its words', async () => {
    const deal = await api.open({ canonical_name: 'acting' });
    await api.database.query(
      `INSERT INTO zakops.actions (action_id, deal_id, action_type, title, status)
       SELECT 'ACT-' || status, $1, 'send_email', 'Ask the broker', status FROM unnest(ARRAY['EXECUTING', 'READY']) AS status`,
      [deal],
    );
    const statuses = async (query: string): Promise<unknown> => {
      const { status, body } = await ask('GET', `/search/actions?q=broker${query}`);
      return status === 200 ? (body as { results: { status: string }[] }).results.map((hit) => hit.status).sort() : status;
    };

    expect([await statuses(''), await statuses('&status=READY')]).toEqual([['READY', 'RUNNING'], ['READY']]);
    for (const word of ['RUNNING', 'PROCESSING', 'EXECUTING'])
      expect([word, await statuses(`&status=${word}`)]).toEqual([word, ['RUNNING']]);
    expect(await statuses('&status=nope')).toBe(400);
    expect((await api.get('/search/actions?q=broker&status=RUNNING')).status).toBe(400);
    expect((await api.get('/search/actions?q=broker&status=EXECUTING')).body).toMatchObject({ results: [{ status: 'EXECUTING' }] });
    expect((await ask('GET', `/deals/${deal}/timeline?activity_type=action`)).body).toMatchObject({
      activities: [{ data: { status: 'READY' } }, { data: { status: 'RUNNING' } }],
    });
    expect((await ask('GET', `/deals/${deal}/activity-summary`)).body).toMatchObject({ actions: { READY: 1, RUNNING: 1 } });
    expect((await api.get(`/deals/${deal}/activity-summary`)).body).toMatchObject({ actions: { READY: 1, EXECUTING: 1 } });
  });

  it('walks lists in its words', async () => {
    await api.open();
    const first = await api.get('/deals?vocabulary=dashboard&stage=inbound&limit=1');
    const next = /<([^>]+)>; rel="next"/.exec(first.headers.get('link') ?? '')?.[1] ?? '';
    expect(next).toContain('vocabulary=dashboard');
    expect(await api.get(next)).toMatchObject({ status: 200, body: [{ stage: 'inbound', metadata: { cim_received: null } }] });
  });

  it('reads events at the top level of its stream', async () => {
    const made = await api.open({ canonical_name: 'streamed' });
    const stream = await SseClient.open(
      `${api.url}/api/events/stream?vocabulary=dashboard&event_types=deal.deleted&user_id=u&thread_id=t&run_id=r`,
    );
    const moves = await SseClient.open(`${api.url}/api/events/stream?deal_id=${made}&vocabulary=dashboard`);
    const worker = await spawnWorker(api.database.url);
    try {
      await Promise.all([stream.waitForFrame('live'), moves.waitForFrame('live')]);
      await api.post(`/deals/${made}/transition`, { new_stage: 'initial_review' });
      await api.call('DELETE', `/deals/${made}`);
      const { data } = await moves.waitForFrame('deal.stage_changed');
      expect(JSON.parse(data ?? '')).toMatchObject({
        type: 'deal.stage_changed',
        deal_id: made,
        from_stage: 'inbound',
        to_stage: 'screening',
        correlation_id: made,
        timestamp: expect.stringMatching(/^20/) as unknown,
        data: { from_stage: 'inbound', to_stage: 'screening' },
      });
      await stream.waitForFrame('deal.deleted');
      expect(stream.events.map(({ event }) => event)).toEqual(['deal.deleted']);
    } finally {
      await worker.stop();
      stream.close();
      moves.close();
    }
  });
});
