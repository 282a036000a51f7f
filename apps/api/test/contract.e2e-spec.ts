import { createTestDatabase, spawnApi, spawnWorker, waitFor } from '#zakops/testing';
import type { SpawnedApi, SpawnedApp, TestDatabase } from '#zakops/testing';
import { changeFaults, readFaults } from './condition-faults.js';
import { ContractDocument } from './contract-document.js';
import type { Operation } from './contract-document.js';
import { makeOperatorsScene, operatorCalls } from './operators-contract.js';
import type { OperatorsScene } from './operators-contract.js';

const NOWHERE = '01a20766-1903-7000-b53a-f1a67f726fc3';

interface Call {
  readonly path?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly status: number;
}

/** What the calls need to know of the data that was made for them. */
interface Scene {
  readonly dealId: string;
  readonly aliasId: string;
  readonly eventId: string;
  readonly deadIds: readonly string[];
  readonly auditId: string;
}

describe('the OpenAPI document', () => {
  let database: TestDatabase;
  let api: SpawnedApi;
  let worker: SpawnedApp;
  let document: ContractDocument;
  let scene: Scene;
  let operators: OperatorsScene;

  beforeAll(async () => {
    database = await createTestDatabase();
    [api, worker] = await Promise.all([spawnApi(database.url), spawnWorker(database.url)]);
    document = new ContractDocument((await (await fetch(`${api.url}/openapi.json`)).json()) as Record<string, unknown>);
    scene = await makeScene();
    operators = await makeOperatorsScene(api.url);
  });

  afterAll(async () => {
    await Promise.all([api.stop(), worker.stop()]);
    await database.drop();
  });

  const post = async (path: string, body: unknown): Promise<Record<string, unknown>> => {
    const response = await fetch(api.url + path, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    return (await response.json()) as Record<string, unknown>;
  };

  async function makeScene(): Promise<Scene> {
    const deal = await post('/api/deals', {
      canonical_name: 'acme-plumbing',
      display_name: 'Acme Plumbing',
      identifiers: { listing_ids: ['BBS-1'] },
      company_info: { company_name: 'Acme', location: { city: 'Austin', state: 'TX', region: 'South' } },
      broker: { name: 'Bo', quality_rating: 'HIGH', sectors: ['services'] },
      metadata: { priority: 'HIGH', asking_price: { amount: '1250000.00', currency: 'USD' }, nda_status: 'signed' },
    });
    const dealId = String(deal['deal_id']);
    const alias = await post(`/api/deals/${dealId}/aliases`, { alias: 'BBS-1', alias_type: 'listing_id', confidence: 1 });
    await post(`/api/deals/${dealId}/transition`, { new_stage: 'initial_review', reason: 'fits' });
    await waitFor('the activity', async () => {
      const rows = await database.query('SELECT 1 FROM zakops.deal_activity');
      return rows.length === 3;
    });
    const dead = await database.query<{ id: string }>(
      `INSERT INTO zakops.outbox_tickets (event_id, consumer, ordinal, event_type, stream, status, attempts, reason_code, last_error,
                                          first_failed_at, last_attempt_at)
       SELECT l.event_id, 'deal-activity', l.position, e.type, zakops.stream_of(e.aggregate_type, e.aggregate_id), 'dead', 5,
              'handler_error', 'it broke', now() - interval '1 hour', now()
         FROM zakops.event_log l JOIN zakops.events e ON e.id = l.event_id
       RETURNING zakops.ticket_id(event_id, consumer) AS id`,
    );
    await database.query(`INSERT INTO zakops.consumer_progress (consumer, state, pattern) VALUES ('left-over', 'active', '^deal')`);
    const [event] = await database.query<{ event_id: string }>('SELECT event_id FROM zakops.event_log ORDER BY position LIMIT 1');
    const [audited] = await database.query<{ id: string }>('SELECT id FROM zakops.audit_log ORDER BY id LIMIT 1');
    const deadIds = dead.map((row) => row.id);
    return { dealId, aliasId: String(alias['id']), eventId: event?.event_id ?? '', deadIds, auditId: audited?.id ?? '' };
  }

  /** At least one call for every operation, in the order in which they can work; the document may hold no other. */
  const calls = (): Readonly<Record<string, readonly Call[]>> => {
    const { dealId, aliasId, eventId, deadIds, auditId } = scene;
    const [dead = NOWHERE, discarded = NOWHERE] = deadIds;
    const deal = { id: dealId };
    const unknown = { path: { id: 'DEAL-999999' }, status: 404 };
    return {
      health_health: [{ status: 200 }],
      health_live: [{ status: 200 }],
      health_ready: [{ status: 200 }],
      health_started: [{ status: 200 }],
      health_detailed: [{ status: 200 }],
      apiHealth_health: [{ status: 200 }],
      apiHealth_live: [{ status: 200 }],
      apiHealth_ready: [{ status: 200 }],
      apiHealth_started: [{ status: 200 }],
      apiHealth_detailed: [{ status: 200 }],
      getVersion: [{ status: 200 }],
      getSystemHealth: [{ status: 200 }],
      getOutboxStats: [{ status: 200 }],
      listOutboxConsumers: [{ status: 200 }],
      removeOutboxConsumer: [
        { path: { name: 'deal-activity' }, status: 409 },
        { path: { name: 'no-such' }, query: { reason: 'a try' }, status: 404 },
        { path: { name: 'no-such' }, query: { reason: 'x'.repeat(1_001) }, status: 400 },
        { path: { name: 'left-over' }, query: { reason: 'replaced' }, status: 200 },
      ],
      getSseStats: [{ status: 200 }],
      getDlqStats: [{ status: 200 }],
      getMetrics: [{ status: 200 }],
      getLogLevel: [{ status: 200 }],
      overrideLogLevel: [
        { body: { level: 'info', kind: 'outbox-worker', minutes: 1, reason: 'a look' }, status: 200 },
        { body: { level: 'loud' }, status: 400 },
      ],
      restoreLogLevel: [{ status: 200 }, { query: { kind: 'outbox-worker' }, status: 200 }, { query: { kind: 'cli' }, status: 400 }],
      listDeals: [
        { status: 200 },
        { query: { limit: '1', stage: 'initial_review', status: 'active', search: 'acme' }, status: 200 },
        { query: { limit: '0' }, status: 400 },
        { query: { cursor: 'forged' }, status: 400 },
        { query: { unheard_of: '1' }, status: 400 },
      ],
      searchDeals: [
        { query: { q: 'acme', limit: '1', stage: 'initial_review', status: 'active' }, status: 200 },
        { query: { q: 'x', status: 'nope' }, status: 400 },
        { status: 400 },
      ],
      searchActions: [
        { query: { q: 'broker', status: 'READY', action_type: 'send_email', deal_id: dealId }, status: 200 },
        { query: { q: 'x', cursor: 'forged' }, status: 400 },
      ],
      searchQuarantine: [
        { query: { q: 'hvac', status: 'pending' }, status: 200 },
        { query: { q: 'x'.repeat(201) }, status: 400 },
      ],
      searchEverything: [
        { query: { q: 'acme', limit: '50' }, status: 200 },
        { query: { q: 'acme', limit: '51' }, status: 400 },
      ],
      createDeal: [
        { body: { canonical_name: 'second' }, status: 201 },
        { body: {}, status: 400 },
        { body: { canonical_name: 'x', surprise: true }, status: 400 },
        { body: { canonical_name: 'x', metadata: { asking_price: 1_250_000 } }, status: 400 },
        { body: { canonical_name: 'x', stage: 'closed_won' }, status: 422 },
        { body: { canonical_name: 'x' }, headers: { 'content-type': 'text/plain' }, status: 415 },
        { body: { canonical_name: 'x'.repeat(1_100_000) }, status: 413 },
      ],
      getDeal: [{ path: deal, status: 200 }, unknown, { path: { id: 'nonsense' }, status: 400 }],
      updateDeal: [
        { path: deal, body: { display_name: 'Acme & Sons' }, status: 200 },
        { path: deal, body: {}, status: 400 },
        { path: deal, body: { stage: 'closing' }, status: 422 },
        { path: deal, body: { display_name: 'x' }, headers: { 'if-match': '"1"' }, status: 412 },
        { ...unknown, body: { display_name: 'x' } },
      ],
      moveDeal: [
        { path: deal, body: { new_stage: 'due_diligence', reason: 'numbers hold' }, status: 200 },
        { path: deal, body: { new_stage: 'due_diligence' }, status: 200 },
        { path: deal, body: { new_stage: 'closed_won' }, status: 422 },
        { path: deal, body: {}, status: 400 },
        { ...unknown, body: { new_stage: 'closing' } },
      ],
      getStageSummary: [{ status: 200 }],
      getValidTransitions: [{ path: deal, status: 200 }, unknown],
      listStageHistory: [{ path: deal, status: 200 }, unknown],
      listDealActivity: [{ path: deal, status: 200 }, { path: deal, query: { limit: '201' }, status: 400 }, unknown],
      listAliases: [{ path: deal, status: 200 }, unknown],
      addAlias: [
        { path: deal, body: { alias: 'Acme LLC', alias_type: 'company_name', confidence: 0.9 }, status: 201 },
        { path: deal, body: { alias: 'Acme LLC', alias_type: 'company_name', confidence: 0.9 }, status: 409 },
        { path: deal, body: { alias: '' }, status: 400 },
      ],
      getAlias: [
        { path: { ...deal, alias_id: aliasId }, status: 200 },
        { path: { ...deal, alias_id: NOWHERE }, status: 404 },
      ],
      removeAlias: [
        { path: { ...deal, alias_id: aliasId }, status: 204 },
        { path: { ...deal, alias_id: aliasId }, status: 404 },
      ],
      getPipelineSummary: [{ status: 200 }],
      getPipelineStats: [{ status: 200 }],
      streamEvents: [{ query: { types: 'no spaces allowed' }, status: 400 }],
      getStreamStatus: [{ status: 200 }],
      pollEvents: [
        { query: { since: '0', limit: '2' }, status: 200 },
        { query: { since: 'yesterday' }, status: 400 },
      ],
      listRecentEvents: [{ status: 200 }, { query: { event_types: 'deal.created,deal.updated', limit: '1' }, status: 200 }],
      listEventsByCorrelation: [{ path: { correlation_id: dealId }, query: { limit: '2' }, status: 200 }],
      getEventStats: [{ status: 200 }, { query: { hours: '169' }, status: 400 }],
      getEvent: [
        { path: { event_id: eventId }, status: 200 },
        { path: { event_id: NOWHERE }, status: 404 },
        { path: { event_id: 'nonsense' }, status: 400 },
      ],
      listDeadLetters: [
        { status: 200 },
        { query: { limit: '1', consumer: 'deal-activity' }, status: 200 },
        { query: { limit: '1001' }, status: 400 },
      ],
      getDeadLetter: [
        { path: { id: dead }, status: 200 },
        { path: { id: NOWHERE }, status: 404 },
      ],
      retryDeadLetter: [
        { path: { id: dead }, body: { reason: 'mended' }, status: 200 },
        { path: { id: dead }, body: {}, status: 409 },
        { path: { id: NOWHERE }, body: {}, status: 404 },
      ],
      purgeDeadLetter: [
        { path: { id: discarded }, status: 200 },
        { path: { id: NOWHERE }, status: 404 },
      ],
      retryAllDeadLetters: [{ body: {}, status: 200 }],
      listAuditEntries: [
        { status: 200 },
        { query: { limit: '1', resource_type: 'deal', since: '2026-01-01T00:00:00Z' }, status: 200 },
        { query: { cursor: 'forged' }, status: 400 },
      ],
      getAuditEntry: [
        { path: { id: auditId }, status: 200 },
        { path: { id: NOWHERE }, status: 404 },
        { path: { id: 'nonsense' }, status: 400 },
      ],
      verifyAuditChain: [
        { status: 200 },
        { query: { anchor: `1:${'0'.repeat(64)}`, from: '1', to: '5' }, status: 200 },
        { query: { anchor: 'nonsense' }, status: 400 },
      ],
      exportAuditChain: [{ status: 200 }, { query: { from: '0' }, status: 400 }],
      purgeOldDeadLetters: [
        { body: { days: 30 }, status: 200 },
        { body: { days: -1 }, status: 400 },
      ],
      ...operatorCalls(operators),
    };
  };

  async function send(
    operation: Operation,
    call: Call,
    headers: Readonly<Record<string, string>> = {},
    method?: string,
  ): Promise<Response> {
    const path = operation.path.replaceAll(/\{(\w+)\}/g, (_braces, name: string) => encodeURIComponent(call.path?.[name] ?? ''));
    const query = new URLSearchParams(call.query);
    return fetch(`${api.url}${path}${query.size > 0 ? `?${query.toString()}` : ''}`, {
      method: method ?? operation.method,
      headers: { ...(call.body === undefined ? {} : { 'content-type': 'application/json' }), ...call.headers, ...headers },
      ...(call.body === undefined ? {} : { body: JSON.stringify(call.body) }),
    });
  }

  async function perform(operation: Operation, call: Call): Promise<{ status: number; mediaType: string; body: unknown }> {
    const response = await send(operation, call);
    const text = await response.text();
    const mediaType = response.headers.get('content-type')?.split(';', 1)[0] ?? '';
    const isJson = mediaType.endsWith('json') && mediaType !== 'application/x-ndjson';
    return { status: response.status, mediaType, body: text === '' ? undefined : isJson ? JSON.parse(text) : text };
  }

  /** Only a call that succeeds shows what its conditions do. */
  async function conditionFaults(operation: Operation, call: Call): Promise<readonly string[]> {
    if (call.status >= 300) return [];
    const { id, method, path, parameters } = operation;
    const under = (headers: Readonly<Record<string, string>>, otherMethod?: string): Promise<Response> =>
      send(operation, call, headers, otherMethod);
    const isReadable = [...document.operations.values()].some((other) => other.method === 'GET' && other.path === path);
    const found =
      method === 'GET'
        ? await readFaults(under, '304' in operation.responses)
        : await changeFaults(under, isReadable || parameters.some(({ name }) => name === 'If-Match'));
    return found.map((fault) => `${id}: ${fault}`);
  }

  it('describes every operation that is called here, and no other', () => {
    expect([...document.operations.keys()].sort()).toEqual(Object.keys(calls()).sort());
  });

  it('tells the truth about every answer, and every condition of a request is judged', async () => {
    const problems: string[] = [];
    for (const [id, list] of Object.entries(calls())) {
      const operation = document.operations.get(id);
      if (operation === undefined) continue;
      for (const call of list) {
        problems.push(...(await conditionFaults(operation, call)));
        const { status, mediaType, body } = await perform(operation, call);
        if (status !== call.status) problems.push(`${id}: expected ${call.status}, got ${status}: ${JSON.stringify(body)}`);
        problems.push(...document.check(operation, status, mediaType, body));
        if (status >= 400 && mediaType !== 'application/problem+json') problems.push(`${id} ${status} is no problem body`);
      }
    }
    expect(problems).toEqual([]);
  });
});
