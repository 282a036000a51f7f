import type { DealRow, EventRow, History } from './history.js';
import type { LaneDatabase } from './lane-database.js';

const EVENTS = `
  SELECT id, type, aggregate_id AS "dealId", aggregate_seq::int AS seq, data->>'to_stage' AS "toStage",
         coalesce(CASE type WHEN 'deal.created' THEN data->>'canonical_name' WHEN 'deal.stage_changed' THEN data->>'reason'
                            ELSE data #>> '{changes,0,new_value}' END, '') AS token
    FROM zakops.events`;

const DEALS = `
  SELECT deal_id AS "dealId", canonical_name AS "canonicalName", display_name AS "displayName", stage, version FROM zakops.deals`;

const TICKETS = `
  SELECT count(*) FILTER (WHERE status NOT IN ('delivered', 'dead'))::int AS waiting, count(*) FILTER (WHERE status = 'dead')::int AS dead
    FROM zakops.outbox`;

// One entry for each event, by its id.
const AUDIT = `
  SELECT e.id AS event_id, count(a.*)::int AS entries
    FROM zakops.events e LEFT JOIN zakops.audit_log a ON a.resource_type = 'deal' AND a.id = e.id
   GROUP BY e.id HAVING count(a.*) <> 1`;

const PROGRESS = `
  SELECT (SELECT count(*) FROM zakops.events)::int AS events, (SELECT count(*) FROM zakops.event_log)::int AS published,
         (SELECT coalesce(max(position), 0) FROM zakops.event_log)::int AS position,
         (SELECT count(DISTINCT event_id) FROM public.jepsen_effects)::int AS effects,
         (SELECT count(*) FROM zakops.audit_pending)::int AS unchained`;

/** How far everything has come. */
export interface Progress {
  readonly events: number;
  readonly published: number;
  /** The last one of the log. */
  readonly position: number;
  readonly effects: number;
  readonly unchained: number;
  readonly waiting: number;
  readonly dead: number;
}

/** Looks how far the database is. */
export async function readProgress(database: LaneDatabase, name: string): Promise<Progress> {
  const [progress] = await database.query<Omit<Progress, 'waiting' | 'dead'>>(name, PROGRESS);
  const [tickets] = await database.query<Pick<Progress, 'waiting' | 'dead'>>(name, TICKETS);
  if (progress === undefined || tickets === undefined) throw new Error('An aggregate without a row.');
  return { ...progress, ...tickets };
}

/** Reads everything that the database knows of a run. */
export async function readHistory(
  database: LaneDatabase,
  name: string,
): Promise<Pick<History, 'events' | 'deals' | 'log' | 'effects' | 'waiting' | 'dead' | 'auditProblems'>> {
  const { waiting, dead } = await readProgress(database, name);
  const events = await database.query<{ [K in keyof EventRow]: EventRow[K] }>(name, EVENTS);
  const entries = await database.query<{ event_id: string; entries: number }>(name, AUDIT);
  return {
    events: events.map((event) => ({ ...event, toStage: event.toStage ?? undefined })),
    deals: await database.query<{ [K in keyof DealRow]: DealRow[K] }>(name, DEALS),
    log: await database.query<{ position: number; eventId: string }>(
      name,
      'SELECT position::int AS position, event_id AS "eventId" FROM zakops.event_log ORDER BY event_log.position',
    ),
    effects: (await database.query<{ event_id: string }>(name, 'SELECT event_id FROM public.jepsen_effects ORDER BY at')).map(
      ({ event_id: id }) => id,
    ),
    waiting,
    dead,
    auditProblems: entries.map((row) => `${String(row.entries)} entries for the event ${row.event_id}`),
  };
}
