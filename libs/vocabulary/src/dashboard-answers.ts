import type { DealStage } from '#zakops/contracts';
import { DASHBOARD_ACTION_STATUSES, DASHBOARD_STAGES } from './vocabularies.js';

type Json = Readonly<Record<string, unknown>>;

const STAGE_KEYS: ReadonlySet<string> = new Set([
  'stage',
  'current_stage',
  'from_stage',
  'to_stage',
  'requested_stage',
  'deal_stage',
  'old_stage',
]);
const STAGE_LISTS: ReadonlySet<string> = new Set(['available_stages', 'valid_transitions', 'allowed_transitions', 'allowed_stages']);
const MONEY_KEYS: ReadonlySet<string> = new Set(['asking_price', 'ebitda', 'revenue']);
// Their members are not in the vocabulary; a word in them that looks like a stage is none.
const FREE_KEYS: ReadonlySet<string> = new Set(['identifiers', 'broker']);

/** The members of a deal's documents that the dashboard expects, and what each is when nothing is known. */
const FULL_DOCUMENTS: Readonly<Record<string, Json>> = {
  identifiers: { listing_ids: [], broker_reference_ids: [], bizbuysell_id: null, axial_id: null, internal_codes: [] },
  company_info: { company_name: null, legal_entity: null, dba_names: [], location: null, sector: null, franchise_system: null },
  broker: {
    broker_id: null,
    name: null,
    email: null,
    phone: null,
    company: null,
    quality_rating: null,
    sectors: [],
    domain: null,
  },
  metadata: {
    priority: 'MEDIUM',
    asking_price: null,
    ebitda: null,
    revenue: null,
    employees: null,
    nda_status: null,
    cim_received: null,
    junk_reason: null,
    archived_at: null,
  },
};

/** A stage in the words of the dashboard; a text that is none stays. */
export function toDashboardStage(stage: unknown): unknown {
  return typeof stage === 'string' && Object.hasOwn(DASHBOARD_STAGES, stage) ? DASHBOARD_STAGES[stage as DealStage] : stage;
}

/**
 * Exact money as a number. Dollars only: other currencies, and amounts that a number cannot hold to the cent, stay as they are.
 *
 * @param money - `{ amount, currency }`
 */
export function toDashboardMoney(money: unknown): unknown {
  if (!isObject(money) || money['currency'] !== 'USD' || typeof money['amount'] !== 'string') return money;
  const amount = Number(money['amount']);
  return Number.isSafeInteger(Math.round(amount * 100)) && Number(amount.toFixed(2)) === amount ? amount : money;
}

/** Any answer in the words of the dashboard. @param body - JSON values */
export function toDashboard(body: unknown): unknown {
  if (Array.isArray(body)) return body.map(toDashboard);
  if (!isObject(body)) return body;
  const answer: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(body)) answer[name] = toDashboardMember(name, value);
  if ('canonical_name' in body && 'deal_id' in body && !('highlights' in body)) Object.assign(answer, fullDocuments(answer));
  if ('event_type' in body && 'created_at' in body) {
    answer['event_id'] ??= body['id'];
    answer['timestamp'] ??= body['created_at'];
  }
  return 'specversion' in body ? withEventMembers(answer) : answer;
}

function toDashboardMember(name: string, value: unknown): unknown {
  if (STAGE_KEYS.has(name)) return toDashboardStage(value);
  if (STAGE_LISTS.has(name) && Array.isArray(value)) return [...new Set(value.map(toDashboardStage))];
  if (MONEY_KEYS.has(name)) return toDashboardMoney(value);
  if (name === 'location') return toLocationText(value);
  if (name === 'deals_by_stage' && isObject(value)) return sumByStage(value);
  if (name === 'actions' && isObject(value)) return sumBy(value, toDashboardStatus);
  if (name === 'status' && typeof value === 'string') return toDashboardStatus(value);
  return FREE_KEYS.has(name) ? value : toDashboard(value);
}

/** Counts by stage, added up where the dashboard has one word for two stages. */
export function sumByStage(counts: Json): Record<string, number> {
  return sumBy(counts, (stage) => String(toDashboardStage(stage)));
}

function sumBy(counts: Json, wordOf: (name: string) => string): Record<string, number> {
  const sums: Record<string, number> = {};
  for (const [name, count] of Object.entries(counts)) sums[wordOf(name)] = (sums[wordOf(name)] ?? 0) + Number(count);
  return sums;
}

function toDashboardStatus(status: string): string {
  return DASHBOARD_ACTION_STATUSES[status] ?? status;
}

/** The stage summary as the dashboard parses it. Its board reads the deals by the list, so `deals` is empty. */
export function toStageArray(summary: Json): readonly Json[] {
  return Object.entries(sumByStage((summary['stages'] ?? {}) as Json)).map(([stage, count]) => ({ stage, count, deals: [] }));
}

/** The pipeline summary with one row for each word of the dashboard. */
export function toPipelineSummary(rows: readonly Json[]): readonly Json[] {
  const merged = new Map<string, { count: number; days: number }>();
  for (const { stage, count, avg_days_in_stage: days } of rows) {
    const word = String(toDashboardStage(stage));
    const sum = merged.get(word) ?? { count: 0, days: 0 };
    merged.set(word, { count: sum.count + Number(count), days: sum.days + Number(days) * Number(count) });
  }
  return [...merged].map(([stage, { count, days }]) => ({
    stage,
    count,
    avg_days_in_stage: count === 0 ? 0 : Math.round((days / count) * 100) / 100,
  }));
}

function fullDocuments(deal: Json): Json {
  return Object.fromEntries(
    Object.entries(FULL_DOCUMENTS).map(([name, full]) => [name, { ...full, ...(isObject(deal[name]) ? deal[name] : {}) }]),
  );
}

function toLocationText(location: unknown): unknown {
  if (!isObject(location)) return location;
  const parts = [location['city'], location['state'], location['region']].filter((part) => typeof part === 'string' && part !== '');
  return parts.length === 0 ? null : parts.join(', ');
}

/** What the stream hook of the dashboard reads at the top level of an event. */
function withEventMembers(event: Json): Json {
  const data = isObject(event['data']) ? event['data'] : {};
  return {
    ...event,
    timestamp: event['time'],
    correlation_id: event['correlationid'],
    idempotency_key: event['id'],
    ...(data['deal_id'] === undefined ? {} : { deal_id: data['deal_id'] }),
    ...(data['from_stage'] === undefined ? {} : { from_stage: data['from_stage'] }),
    ...(data['to_stage'] === undefined ? {} : { to_stage: data['to_stage'] }),
  };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
