import { createTestDatabase, spawnApi, spawnWorker, waitFor } from '#zakops/testing';
import type { SpawnedApi, SpawnedApp, TestDatabase } from '#zakops/testing';
import { changeFaults, readFaults } from './condition-faults.js';
import { ContractDocument } from './contract-document.js';
import type { Operation } from './contract-document.js';
import { deadLetterTaskCalls } from './dead-letter-contract.js';
import { makeOperatorsScene, operatorCalls } from './operators-contract.js';
import { makeQuarantineScene, quarantineCalls } from './quarantine-contract.js';
import type { QuarantineScene } from './quarantine-contract.js';
import type { OperatorsScene } from './operators-contract.js';

const GUARD = '01a22000-0000-7000-8000-000000000001';
const PAUSE = '01a22000-0000-7000-8000-000000000002';
const REPLAY = '01a22000-0000-7000-8000-000000000003';
const NOWHERE = '01a20766-1903-7000-b53a-f1a67f726fc3';

interface Call {
  readonly path?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly status: number;
  /** Lists of the answer that may not be empty: nothing in them would be compared. */
  readonly filled?: readonly string[];
}

/** What the calls need to know of the data that was made for them. */
interface Scene {
  readonly dealId: string;
  /** Merged into the deal. */
  readonly mergedId: string;
  readonly mergingId: string;
  readonly importId: string;
  readonly deletedId: string;
  readonly aliasId: string;
  readonly noteId: string;
  readonly contactId: string;
  readonly eventId: string;
  readonly deadIds: readonly string[];
  /** Of dead letters; it has ended. */
  readonly dlqTaskId: string;
  /** A failed ticket, and one that stands behind it. */
  readonly openIds: readonly string[];
  readonly auditId: string;
  readonly replayToken: string;
}

describe('the OpenAPI document', () => {
  let database: TestDatabase;
  let api: SpawnedApi;
  let worker: SpawnedApp;
  let document: ContractDocument;
  let scene: Scene;
  let quarantine: QuarantineScene;
  let operators: OperatorsScene;

  beforeAll(async () => {
    database = await createTestDatabase();
    [api, worker] = await Promise.all([spawnApi(database.url), spawnWorker(database.url)]);
    document = new ContractDocument((await (await fetch(`${api.url}/openapi.json`)).json()) as Record<string, unknown>);
    scene = await makeScene();
    quarantine = await makeQuarantineScene(api.url, scene.dealId);
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

  const openDeal = async (): Promise<string> => String((await post('/api/deals', { canonical_name: 'another' }))['deal_id']);

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
    const note = await post(`/api/deals/${dealId}/note`, { content: 'The owner of Acme wants to retire.' });
    await database.query(
      `INSERT INTO zakops.actions (action_id, deal_id, action_type, title, status) VALUES ('ACT-1', $1, 'send_email', 'Ask the broker of Acme', 'READY')`,
      [dealId],
    );
    const contact = await post(`/api/deals/${dealId}/contacts`, { name: 'Olga Owner', role: 'owner', is_primary: true });
    await post(`/api/deals/${dealId}/transition`, { new_stage: 'initial_review', reason: 'fits' });
    await waitFor('the activity', async () => {
      const rows = await database.query('SELECT 1 FROM zakops.deal_activity');
      return rows.length === 5;
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
    // Of one deal: the first has failed, the others stand behind it.
    const open = await database.query<{ id: string }>(
      `INSERT INTO zakops.outbox_tickets (event_id, consumer, ordinal, event_type, stream, status, attempts, due_at, reason_code, last_error,
                                          first_failed_at, last_attempt_at)
       SELECT event_id, 'left-over', ordinal, event_type, stream, CASE ordinal WHEN 1 THEN 'failed' ELSE 'pending' END, 0,
              CASE ordinal WHEN 1 THEN now() + interval '5 minutes' END, reason_code, last_error, first_failed_at, last_attempt_at
         FROM zakops.outbox_tickets WHERE consumer = 'deal-activity' ORDER BY ordinal
       RETURNING zakops.ticket_id(event_id, consumer) AS id`,
    );
    await database.query(
      `INSERT INTO zakops.delivery_pauses (id, scope, aggregate_type, aggregate_id, stream, reason, paused_by, ends_at)
       VALUES ($1, 'aggregate', 'deal', 'DEAL-999999', zakops.stream_of('deal', 'DEAL-999999'), 'a look', 'system:test', now() + interval '1 hour')`,
      [PAUSE],
    );
    await database.query(
      `INSERT INTO zakops.replays (id, consumer, after_position, position, rate, created_by) VALUES ($1, 'left-over', 0, 0, 1, 'system:test')`,
      [REPLAY],
    );
    const { token } = await post('/api/admin/events/replay', { consumer: 'deal-activity', dry_run: true });
    const [event] = await database.query<{ event_id: string }>('SELECT event_id FROM zakops.event_log ORDER BY position LIMIT 1');
    const [audited] = await database.query<{ id: string }>('SELECT id FROM zakops.audit_log ORDER BY id LIMIT 1');
    const deadIds = dead.map((row) => row.id);
    const [mergedId, mergingId, deletedId] = [await openDeal(), await openDeal(), await openDeal()];
    await post(`/api/deals/${mergedId}/merge`, { into: dealId });
    const parts = { aliasId: String(alias['id']), noteId: String(note['id']), contactId: String(contact['id']) };
    const imported = await fetch(`${api.url}/api/deals/import?dry_run=true`, {
      method: 'POST',
      headers: { 'content-type': 'text/csv' },
      body: 'canonical_name,stage\ntried,nope\n',
    });
    const { task_id: dlqTaskId } = (await post('/api/admin/dlq/retry-all?consumer=nobody', {})) as { task_id: string };
    const { task_id: importId } = (await imported.json()) as { task_id: string };
    return {
      dealId,
      importId,
      mergedId,
      mergingId,
      deletedId,
      ...parts,
      eventId: event?.event_id ?? '',
      deadIds,
      dlqTaskId,
      openIds: open.map((row) => row.id),
      auditId: audited?.id ?? '',
      replayToken: String(token),
    };
  }

  /** At least one call for every operation, in the order in which they can work; the document may hold no other. */
  const calls = (): Readonly<Record<string, readonly Call[]>> => {
    const { dealId, aliasId, noteId, contactId, eventId, deadIds, dlqTaskId, auditId } = scene;
    const [dead = NOWHERE, discarded = NOWHERE, corrected = NOWHERE] = deadIds;
    const [failed = NOWHERE, behind = NOWHERE] = scene.openIds;
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
      listOutboxTickets: [
        { status: 200 },
        { query: { limit: '1', status: 'pending', consumer: 'left-over', waits_for: failed, aggregate_id: dealId }, status: 200 },
        { query: { status: 'dead' }, status: 400 },
        { query: { cursor: 'forged' }, status: 400 },
      ],
      tryOutboxTicket: [
        { path: { id: behind }, body: { reason: 'now' }, status: 409 },
        { path: { id: failed }, body: { reason: 'mended' }, status: 200 },
        { path: { id: NOWHERE }, body: {}, status: 404 },
        { path: { id: failed }, body: { reason: 'x'.repeat(1_001) }, status: 400 },
      ],
      tryOutboxTickets: [
        { query: { consumer: 'left-over' }, body: { reason: 'mended' }, status: 200 },
        { query: { status: 'failed' }, body: {}, status: 400 },
      ],
      removeOutboxConsumer: [
        { path: { name: 'deal-activity' }, status: 409 },
        { path: { name: 'no-such' }, query: { reason: 'a try' }, status: 404 },
        { path: { name: 'no-such' }, query: { reason: 'x'.repeat(1_001) }, status: 400 },
        { path: { name: 'left-over' }, query: { reason: 'replaced' }, status: 200 },
      ],
      pauseDeliveries: [
        { body: { scope: 'aggregate', aggregate_type: 'deal', aggregate_id: 'DEAL-888888', minutes: 5, reason: 'a look' }, status: 201 },
        { body: { scope: 'aggregate', aggregate_type: 'deal', aggregate_id: 'DEAL-888888', reason: 'a look' }, status: 409 },
        { body: { scope: 'consumer', consumer: 'no-such', reason: 'a look' }, status: 404 },
        { body: { scope: 'consumer', reason: 'a look' }, status: 400 },
        { body: { scope: 'event_type', event_type: 'deal.no_such', reason: 'a look' }, status: 400 },
        { body: { scope: 'all', until: '2020-01-01T00:00:00Z', reason: 'a look' }, status: 400 },
        { body: { scope: 'all' }, status: 400 },
      ],
      listPauses: [
        { query: { state: 'all', limit: '1' }, status: 200 },
        { query: { state: 'loud' }, status: 400 },
      ],
      changePauseEnd: [
        { path: { id: PAUSE }, body: { minutes: 30, reason: 'it takes longer' }, status: 200 },
        { path: { id: PAUSE }, body: {}, status: 400 },
        { path: { id: NOWHERE }, body: { minutes: 30 }, status: 404 },
      ],
      resumeDeliveries: [
        { body: { pause_id: PAUSE, reason: 'mended' }, status: 200 },
        { body: { pause_id: PAUSE }, status: 409 },
        { body: { scope: 'aggregate', aggregate_type: 'deal', aggregate_id: 'DEAL-999999' }, status: 404 },
        { body: {}, status: 400 },
      ],
      explainEvent: [
        { path: { id: eventId }, status: 200 },
        { path: { id: NOWHERE }, status: 404 },
        { path: { id: 'none' }, status: 400 },
      ],
      lookupId: [
        { query: { q: dealId }, status: 200 },
        { query: { q: eventId }, status: 200 },
        { query: { q: 'nothing has this' }, status: 200 },
        { status: 400 },
      ],
      replayEvents: [
        { body: { consumer: 'deal-activity', dry_run: true, from_position: 2, to_position: 3 }, status: 200 },
        { body: { consumer: 'deal-activity', dry_run: true, since: '2020-01-01T00:00:00Z', before: '2020-01-02T00:00:00Z' }, status: 200 },
        { body: { consumer: 'deal-activity', dry_run: true, from_position: 2, since: '2020-01-01T00:00:00Z' }, status: 400 },
        { body: { consumer: 'no-such', dry_run: true }, status: 404 },
        { body: { consumer: 'deal-activity' }, status: 400 },
        { body: { consumer: 'deal-activity', token: 'forged' }, status: 400 },
        { body: { consumer: 'deal-activity', token: scene.replayToken, rate: 100, reason: 'rebuild' }, status: 202 },
      ],
      listReplays: [
        { query: { limit: '1' }, status: 200 },
        { query: { cursor: 'forged' }, status: 400 },
      ],
      getReplay: [
        { path: { id: REPLAY }, status: 200 },
        { path: { id: NOWHERE }, status: 404 },
      ],
      cancelReplay: [
        { path: { id: REPLAY }, body: { reason: 'the wrong range' }, status: 200 },
        { path: { id: REPLAY }, body: {}, status: 409 },
        { path: { id: NOWHERE }, body: {}, status: 404 },
      ],
      getSseStats: [{ status: 200 }],
      listStreams: [{ status: 200 }, { query: { limit: '0' }, status: 400 }, { query: { cursor: 'forged' }, status: 400 }],
      shedStreams: [
        { body: { count: 1, reason: 'a try' }, status: 202 },
        { body: { count: 0 }, status: 400 },
      ],
      endStream: [
        { path: { id: NOWHERE }, query: { reason: 'a try' }, status: 404 },
        { path: { id: 'x' }, status: 400 },
      ],
      getOpsSnapshot: [{ status: 200 }],
      streamOps: [{ query: { unheard_of: '1' }, status: 400 }],
      getTimeseries: [
        { query: { series: 'outbox.pending,http.p95_ms,outbox.pending:deal-activity', range: '15m', points: '30' }, status: 200 },
        { query: { series: 'outbox.dead', range: '14d' }, status: 200 },
        { query: { series: 'outbox.dead', from: '2026-01-01T00:00:00Z', to: '2026-01-01T01:00:00Z' }, status: 200 },
        { query: { series: 'no.such' }, status: 400 },
        { query: { series: 'outbox.dead', range: '15d' }, status: 400 },
        { query: { series: 'outbox.dead', to: '2026-01-01T01:00:00Z' }, status: 400 },
        { status: 400 },
      ],
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
        { query: { q: 'acme', limit: '1', stage: 'initial_review', status: 'active' }, status: 200, filled: ['results'] },
        { query: { q: 'acmme' }, status: 200, filled: ['results', 'corrections'] },
        { query: { q: 'x', status: 'nope' }, status: 400 },
        { status: 400 },
      ],
      searchActions: [
        { query: { q: 'broker', status: 'READY', action_type: 'send_email', deal_id: dealId }, status: 200, filled: ['results'] },
        { query: { q: 'x', cursor: 'forged' }, status: 400 },
      ],
      searchQuarantine: [
        { query: { q: 'contract', status: 'pending' }, status: 200, filled: ['results'] },
        { query: { q: 'x'.repeat(201) }, status: 400 },
      ],
      searchSenders: [{ query: { q: 'bo' }, status: 200, filled: ['results'] }, { status: 400 }],
      searchNotes: [
        { query: { q: 'owner', deal_id: scene.dealId }, status: 200, filled: ['results'] },
        { query: { q: 'x', deal_id: 'nope' }, status: 400 },
      ],
      searchEverything: [
        { query: { q: 'acme', limit: '50' }, status: 200, filled: ['deals', 'actions', 'quarantine', 'senders', 'notes'] },
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
      getDeal: [
        { path: deal, status: 200 },
        { path: { id: scene.mergedId }, status: 301 },
        unknown,
        { path: { id: 'nonsense' }, status: 400 },
      ],
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
        { path: deal, body: { new_stage: 'negotiation', dry_run: true }, status: 200 },
        { path: deal, body: {}, status: 400 },
        { ...unknown, body: { new_stage: 'closing' } },
      ],
      archiveDeal: [
        { path: deal, body: { reason: 'went quiet' }, status: 200 },
        { path: deal, body: { reason: 1 }, status: 400 },
        { ...unknown, body: {} },
      ],
      restoreDeal: [
        { path: deal, body: {}, headers: { 'if-match': '"1"' }, status: 412 },
        { path: deal, body: {}, status: 200 },
        { ...unknown, body: {} },
      ],
      archiveDeals: [
        { body: { deal_ids: ['DEAL-999999'] }, status: 200 },
        { body: { deal_ids: [] }, status: 400 },
      ],
      mergeDeal: [
        { path: { id: scene.mergingId }, body: { into: scene.dealId }, status: 200 },
        { path: { id: scene.mergedId }, body: { into: scene.dealId }, status: 409 },
        { path: deal, body: { into: scene.dealId }, status: 422 },
      ],
      deleteDeal: [
        { path: { id: scene.mergedId }, status: 409 },
        { path: { id: scene.deletedId }, query: { reason: 'a try' }, status: 204 },
        unknown,
      ],
      undeleteDeal: [
        { path: { id: scene.deletedId }, body: {}, status: 200 },
        { ...unknown, body: {} },
      ],
      listDealGuards: [{ status: 200 }],
      addDealGuard: [
        { body: { to_stage: 'closing', rule: 'nda_signed', message: 'Sign.', enabled: false }, status: 201 },
        { body: { to_stage: 'nope', rule: 'nda_signed', message: 'Sign.' }, status: 400 },
      ],
      changeDealGuard: [
        { path: { id: GUARD }, body: { message: 'Sign an NDA first.' }, status: 200 },
        { path: { id: NOWHERE }, body: { enabled: true }, status: 404 },
      ],
      removeDealGuard: [
        { path: { id: GUARD }, status: 204 },
        { path: { id: GUARD }, status: 404 },
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
      addNote: [
        { path: deal, body: { content: 'Called the owner.', category: 'call' }, status: 201 },
        { path: deal, body: { content: ' ' }, status: 400 },
        { ...unknown, body: { content: 'x' } },
      ],
      listNotes: [{ path: deal, query: { category: 'call', limit: '1' }, status: 200 }, unknown],
      getNote: [
        { path: { ...deal, note_id: noteId }, status: 200 },
        { path: { ...deal, note_id: NOWHERE }, status: 404 },
      ],
      changeNote: [
        { path: { ...deal, note_id: noteId }, body: { category: 'plan' }, status: 200 },
        { path: { ...deal, note_id: noteId }, body: {}, status: 400 },
        { path: { ...deal, note_id: noteId }, body: { category: 'x' }, headers: { 'if-match': '"1"' }, status: 412 },
        { path: { ...deal, note_id: NOWHERE }, body: { category: 'x' }, status: 404 },
      ],
      listContacts: [{ path: deal, status: 200 }, unknown],
      addContact: [
        { path: deal, body: { name: 'Lee Law', role: 'attorney' }, status: 201 },
        { path: deal, body: { name: 'Bo Broker', role: 'broker' }, status: 400 },
        { ...unknown, body: { name: 'x' } },
      ],
      getContact: [
        { path: { ...deal, contact_id: contactId }, status: 200 },
        { path: { ...deal, contact_id: NOWHERE }, status: 404 },
      ],
      changeContact: [
        { path: { ...deal, contact_id: contactId }, body: { phone: '+1 512 555 0100' }, status: 200 },
        { path: { ...deal, contact_id: contactId }, body: {}, status: 400 },
        { path: { ...deal, contact_id: contactId }, body: { phone: null }, headers: { 'if-match': '"1"' }, status: 412 },
        { path: { ...deal, contact_id: NOWHERE }, body: { phone: null }, status: 404 },
      ],
      getTimeline: [
        { path: deal, query: { limit: '2' }, status: 200 },
        { path: deal, query: { activity_type: 'note', before: '2100-01-01T00:00:00Z' }, status: 200 },
        { path: deal, query: { activity_type: 'nope' }, status: 400 },
        unknown,
      ],
      getActivitySummary: [{ path: deal, status: 200 }, unknown],
      getCaseFile: [{ path: deal, status: 200 }, unknown],
      removeNote: [
        { path: { ...deal, note_id: noteId }, status: 204 },
        { path: { ...deal, note_id: noteId }, status: 404 },
      ],
      removeContact: [
        { path: { ...deal, contact_id: contactId }, status: 204 },
        { path: { ...deal, contact_id: contactId }, status: 404 },
      ],
      exportDeals: [
        { status: 200 },
        { query: { format: 'ndjson', stage: 'inbound' }, status: 200 },
        { query: { format: 'xml' }, status: 400 },
      ],
      importDeals: [
        { body: 'canonical_name\nimported\n', headers: { 'content-type': 'text/csv' }, status: 202 },
        { body: 'nonsense\nx\n', headers: { 'content-type': 'text/csv' }, status: 422 },
        { body: {}, status: 415 },
      ],
      getDealImport: [
        { path: { task_id: scene.importId }, status: 200 },
        { path: { task_id: NOWHERE }, status: 404 },
      ],
      listDealImportRows: [
        { path: { task_id: scene.importId }, query: { state: 'failed', limit: '1' }, status: 200 },
        { path: { task_id: NOWHERE }, status: 404 },
      ],
      cancelDealImport: [
        { path: { task_id: scene.importId }, body: {}, status: 200 },
        { path: { task_id: NOWHERE }, body: {}, status: 404 },
      ],
      snoozeDeal: [
        { path: deal, body: { until: new Date().toISOString().slice(0, 10), reason: 'away' }, status: 200 },
        { path: deal, body: { until: '2020-01-01', reason: 'away' }, status: 422 },
        { path: deal, body: {}, status: 400 },
      ],
      unsnoozeDeal: [{ path: deal, status: 200 }, unknown],
      getDealPace: [{ path: deal, status: 200 }, unknown],
      listAlerts: [
        { status: 200 },
        { query: { type: 'stuck_deal', severity: 'high' }, status: 200 },
        { query: { type: 'nope' }, status: 400 },
      ],
      getConversion: [{ status: 200 }, { query: { from: '2026-01-01T00:00:00Z', source: 'api' }, status: 200 }],
      getVelocity: [{ status: 200 }, { query: { from: 'yesterday' }, status: 400 }],
      getWinRate: [
        { query: { period: 'quarter' }, status: 200 },
        { query: { period: 'year' }, status: 400 },
      ],
      getStageLimits: [{ status: 200 }],
      setStageLimits: [
        { body: { inbound: 14 }, status: 200 },
        { body: { inbound: 0 }, status: 400 },
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
        { query: { fields: 'summary' }, status: 200 },
        { query: { limit: '1001' }, status: 400 },
      ],
      listFailureGroups: [
        { status: 200 },
        { query: { limit: '1', consumer: 'deal-activity' }, status: 200 },
        { query: { fingerprint: 'fp1:nonsense' }, status: 400 },
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
      resubmitDeadLetter: [
        { path: { id: corrected }, body: { data: {}, reason: 'wrong' }, status: 400 },
        { path: { id: corrected }, body: { data: { deal_id: dealId }, reason: '' }, status: 400 },
        { path: { id: NOWHERE }, body: { data: {}, reason: 'wrong' }, status: 404 },
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
      ...deadLetterTaskCalls(dlqTaskId),
      ...quarantineCalls(quarantine),
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
      redirect: 'manual',
      method: method ?? operation.method,
      headers: { ...(call.body === undefined ? {} : { 'content-type': 'application/json' }), ...call.headers, ...headers },
      ...(call.body === undefined ? {} : { body: typeof call.body === 'string' ? call.body : JSON.stringify(call.body) }),
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
        ? await readFaults(under, '304' in operation.responses, id !== 'getOpsSnapshot')
        : await changeFaults(under, isReadable || parameters.some(({ name }) => name === 'If-Match'));
    return found.map((fault) => `${id}: ${fault}`);
  }

  it('describes every operation that is called here, and no other', () => {
    expect([...document.operations.keys()].sort()).toEqual(Object.keys(calls()).sort());
  });

  it('refuses an unknown value of every enumerated parameter, and names it', async () => {
    const wrong: string[] = [];
    let asked = 0;
    for (const operation of document.operations.values()) {
      for (const { name, in: where, schema } of operation.parameters) {
        if (where !== 'query' || !isEnumerated(document.resolve(schema), document)) continue;
        asked += 1;
        // A deal and an item that are there: the parameter is all that is wrong.
        const path = operation.path
          .replace('/quarantine/{id}', `/quarantine/${quarantine.ids[0] ?? ''}`)
          .replaceAll(/\{\w+\}/g, scene.dealId);
        const response = await fetch(`${api.url}${path}?${name}=nope`, { method: operation.method });
        const body = (await response.json()) as { errors?: { pointer: string }[] };
        if (response.status !== 400 || body.errors?.[0]?.pointer !== name)
          wrong.push(`${operation.id} ${name}: ${String(response.status)}`);
      }
    }
    expect([wrong, asked]).toEqual([[], expect.any(Number)]);
    expect(asked).toBeGreaterThan(12);
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
        for (const list of call.filled ?? [])
          if (!((body as Readonly<Record<string, readonly unknown[]>>)[list]?.length ?? 0)) problems.push(`${id}: ${list} is empty`);
        if (status >= 400 && mediaType !== 'application/problem+json') problems.push(`${id} ${status} is no problem body`);
      }
    }
    expect(problems).toEqual([]);
  });
});

/** An enumeration, or a list of its values. */
function isEnumerated(schema: Readonly<Record<string, unknown>>, document: ContractDocument): boolean {
  if (Array.isArray(schema['enum'])) return true;
  const of = (schema['items'] ?? (schema['allOf'] as unknown[] | undefined)?.[0]) as Readonly<Record<string, unknown>> | undefined;
  return of !== undefined && isEnumerated(document.resolve(of), document);
}
