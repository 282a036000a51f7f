import { randomUUID } from 'node:crypto';

/** What the compared servers write for one deal: the deal, its event and the row that waits for the relay, in one statement. */
const DEAL_EVENT_TICKET = `
  d AS (
    INSERT INTO zakops.deals (deal_id, canonical_name, display_name, stage, status, metadata, version)
    VALUES (zakops.next_deal_id(), $1, $2, 'inbound', 'active', '{"priority": "MEDIUM"}', 1)
    RETURNING *
  ), e AS (
    INSERT INTO zakops.events (id, type, schema_version, aggregate_type, aggregate_id, aggregate_seq, data, correlation_id, traceparent, actor)
    SELECT $3::uuid, 'deal.created', 1, 'deal', deal_id, 1,
           jsonb_build_object('deal_id', deal_id, 'canonical_name', canonical_name, 'display_name', display_name, 'stage', stage,
             'status', status, 'source', 'api'),
           deal_id, $4, 'user:bench@zakops.local' FROM d
    RETURNING id, aggregate_id
  ), o AS (
    INSERT INTO zakops.outbox_waiting (event_id, stream)
    SELECT id, zakops.stream_of('deal', aggregate_id) FROM e
  )`;

/** The least that a server has to write. */
export const INSERT_LEAST = `WITH ${DEAL_EVENT_TICKET} SELECT * FROM d`;

/** The rows that ours writes: besides the above an audit entry with its place in the queue, and the stored answer to an idempotency key. */
export const INSERT_SAME = `WITH ${DEAL_EVENT_TICKET}, a AS (
    INSERT INTO zakops.audit_log (id, actor_type, actor_id, action, resource_type, resource_id, before, after, details, address, user_agent,
      method, path, trace_id)
    SELECT $5::uuid, 'api_key', 'bench', 'deal.created', 'deal', deal_id, NULL,
           jsonb_build_object('stage', stage, 'canonical_name', canonical_name, 'display_name', display_name, 'folder_path', NULL, 'status', status,
             'identifiers', identifiers, 'company_info', company_info, 'broker', broker, 'metadata', metadata),
           jsonb_build_object('event_id', $3::uuid, 'version', 1), '127.0.0.1', 'wrk', 'POST', '/api/deals', $4 FROM d
    RETURNING id
  ), p AS (
    INSERT INTO zakops.audit_pending (entry_id) SELECT id FROM a
  ), k AS (
    INSERT INTO zakops.idempotency_keys (scope, input, status, headers, body, is_secret, expires_at)
    SELECT sha256($6::bytea), sha256($6::bytea), 201, jsonb_build_object('ETag', '"1"', 'Location', '/api/deals/' || deal_id), to_jsonb(d)::text, false,
           clock_timestamp() + interval '24 hours' FROM d
  ) SELECT * FROM d`;

/** A deal as it is read, with its counts: what ours asks for. */
export const SELECT_DEAL = `
  SELECT d.deal_id, d.canonical_name, d.display_name, d.folder_path, d.stage, d.status, d.identifiers, d.company_info, d.broker,
         d.metadata, d.email_thread_ids, d.version, d.created_at, d.updated_at,
         greatest(0, floor(extract(epoch FROM now() - d.updated_at) / 86400))::int AS days_since_update,
         (SELECT count(*)::int FROM zakops.actions a WHERE a.deal_id = d.deal_id) AS action_count,
         (SELECT count(*)::int FROM zakops.deal_aliases l WHERE l.deal_id = d.deal_id) AS alias_count
    FROM zakops.deals d WHERE d.deal_id = $1 AND NOT d.deleted`;

/** What a request to open a deal holds. */
export interface DealInput {
  readonly canonical_name: string;
  readonly display_name: string;
}

/** Values for {@link INSERT_LEAST}. */
export function leastValues(input: DealInput): readonly unknown[] {
  return [input.canonical_name, input.display_name, randomUUID(), `00-${'0'.repeat(31)}1-${'0'.repeat(15)}1-00`];
}

/** Values for {@link INSERT_SAME}. */
export function sameValues(input: DealInput): readonly unknown[] {
  return [...leastValues(input), randomUUID(), Buffer.from(randomUUID())];
}
