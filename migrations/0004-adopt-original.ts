import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Copies what a database of the original system holds, when there was one: the migrator has renamed its schema to `zakops_legacy`.
 *
 * @remarks That schema is read only and stays as it is; what is not copied here (operators, senders, threads, artifacts) waits there
 * for the features that need it. Its tables were made by hand and differ from place to place, so every row is read as JSON and a
 * column that is missing counts as empty. `zakops.adoption_report` says what was found and copied.
 */
export class AdoptOriginal0000000000004 implements MigrationInterface {
  readonly name = 'AdoptOriginal0000000000004';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(REPORT_TABLE);
    const rows: unknown = await runner.query(`
      SELECT relname AS name FROM pg_class WHERE relnamespace = to_regnamespace('zakops_legacy') AND relkind IN ('r', 'p')`);
    const tables = new Set((rows as { name: string }[]).map((row) => row.name));
    if (!tables.has('deals')) return;
    // A timestamp without time zone was written in UTC.
    await runner.query(`SET LOCAL TimeZone = 'UTC'`);
    await runner.query(READERS);
    await runner.query(DEALS);
    if (tables.has('deal_aliases')) await runner.query(ALIASES);
    if (tables.has('deal_events')) await runner.query(DEAL_EVENTS);
    if (tables.has('actions')) await runner.query(ACTIONS);
    if (tables.has('quarantine_items')) await runner.query(QUARANTINE_ITEMS);
    if (tables.has('outbox')) await runner.query(OUTBOX);
    await runner.query(END);
  }

  async down(runner: QueryRunner): Promise<void> {
    // The copied rows go with their tables.
    await runner.query('DROP TABLE zakops.adoption_report');
  }
}

const REPORT_TABLE = `
  CREATE TABLE zakops.adoption_report (
    subject text   NOT NULL CONSTRAINT adoption_report_pk PRIMARY KEY,
    found   bigint NOT NULL,
    copied  bigint NOT NULL,
    note    text   NOT NULL
  );
  COMMENT ON TABLE zakops.adoption_report IS 'What was copied from a database of the original system; empty when there was none.'`;

// Readers give null, {} or [] for what they cannot read; they never fail. Dropped again at the end.
const READERS = `
  CREATE FUNCTION pg_temp.zk_time(given text) RETURNS timestamptz LANGUAGE plpgsql AS $$
    BEGIN
      RETURN CASE WHEN isfinite(given::timestamptz) THEN given::timestamptz END;
    EXCEPTION WHEN data_exception THEN RETURN NULL;
    END $$;
  CREATE FUNCTION pg_temp.zk_json(given jsonb, wanted text, otherwise jsonb) RETURNS jsonb LANGUAGE plpgsql AS $$
    BEGIN
      IF jsonb_typeof(given) = wanted THEN RETURN given; END IF;
      -- A column of type text that holds JSON.
      IF jsonb_typeof(given) = 'string' AND jsonb_typeof((given #>> '{}')::jsonb) = wanted THEN RETURN (given #>> '{}')::jsonb; END IF;
      RETURN otherwise;
    EXCEPTION WHEN data_exception THEN RETURN otherwise;
    END $$;
  CREATE FUNCTION pg_temp.zk_number(given text) RETURNS double precision LANGUAGE sql AS $$
    SELECT CASE WHEN given ~ '^-?[0-9]{1,15}([.][0-9]{1,30})?$' THEN given::double precision END $$;
  CREATE FUNCTION pg_temp.zk_id(given text, kind text) RETURNS uuid LANGUAGE sql AS $$
    -- Numbers become ids that stay the same however often this is tried.
    SELECT CASE WHEN given ~* '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' THEN given::uuid
                ELSE md5(kind || '/' || coalesce(given, gen_random_uuid()::text))::uuid END $$;
  CREATE FUNCTION pg_temp.zk_type(given text) RETURNS text LANGUAGE sql AS $$
    SELECT CASE given WHEN 'deal_created' THEN 'deal.created' WHEN 'deal_updated' THEN 'deal.updated'
                      WHEN 'stage_changed' THEN 'deal.stage_changed' ELSE given END $$;
  -- The original kept amounts as bare JSON numbers, all in dollars, and jsonb keeps a number with every digit: 1250000.5 becomes
  -- {"amount": "1250000.50", "currency": "USD"} exactly. What is no plain amount of at most four decimals stays under <field>_text.
  CREATE FUNCTION pg_temp.zk_money(metadata jsonb) RETURNS jsonb LANGUAGE plpgsql AS $$
    DECLARE field text; given text;
    BEGIN
      FOREACH field IN ARRAY ARRAY['asking_price', 'ebitda', 'revenue'] LOOP
        CONTINUE WHEN jsonb_typeof(metadata -> field) IS NULL OR jsonb_typeof(metadata -> field) = 'null';
        given := metadata ->> field;
        IF jsonb_typeof(metadata -> field) IN ('number', 'string') AND given ~ '^-?[0-9]{1,15}([.][0-9]{1,4}0*)?$' THEN
          metadata := jsonb_set(metadata, ARRAY[field], jsonb_build_object(
            'amount', round(given::numeric, greatest(2, scale(trim_scale(given::numeric))))::text, 'currency', 'USD'));
        ELSE
          metadata := (metadata - field) || jsonb_build_object(field || '_text', given);
        END IF;
      END LOOP;
      RETURN metadata;
    END $$`;

const DEALS = `
  CREATE TEMPORARY TABLE zk_deal_ids (old_id text PRIMARY KEY, new_id text NOT NULL) ON COMMIT DROP;
  INSERT INTO pg_temp.zk_deal_ids
  SELECT DISTINCT to_jsonb(d) ->> 'deal_id', to_jsonb(d) ->> 'deal_id' FROM zakops_legacy.deals d
   WHERE to_jsonb(d) ->> 'deal_id' ~ '^DEAL-[0-9]{6,15}$';
  SELECT setval('zakops.deal_number_seq', greatest(max(substr(new_id, 6)::bigint), 1), coalesce(max(substr(new_id, 6)::bigint), 0) > 0)
    FROM pg_temp.zk_deal_ids;
  -- An older registry named deals DEAL-2024-001; they get a new id and keep the old one among their internal codes.
  INSERT INTO pg_temp.zk_deal_ids
  SELECT old_id, zakops.next_deal_id() FROM (
    SELECT DISTINCT to_jsonb(d) ->> 'deal_id' AS old_id FROM zakops_legacy.deals d
     WHERE to_jsonb(d) ->> 'deal_id' !~ '^DEAL-[0-9]{6,15}$' ORDER BY 1) AS odd;

  WITH given AS (
    SELECT DISTINCT ON (i.new_id) i.old_id, i.new_id, to_jsonb(d) AS j,
           pg_temp.zk_json(to_jsonb(d) -> 'identifiers', 'object', '{}') AS identifiers,
           coalesce(pg_temp.zk_time(to_jsonb(d) ->> 'created_at'), pg_temp.zk_time(to_jsonb(d) ->> 'updated_at'), now()) AS created_at
      FROM zakops_legacy.deals d JOIN pg_temp.zk_deal_ids i ON i.old_id = to_jsonb(d) ->> 'deal_id'
     ORDER BY i.new_id
  ), copied AS (
    INSERT INTO zakops.deals (deal_id, canonical_name, display_name, folder_path, stage, status, identifiers, company_info, broker,
      metadata, email_thread_ids, deleted, version, stage_entered_at, created_at, updated_at)
    SELECT new_id, coalesce(nullif(j ->> 'canonical_name', ''), nullif(j ->> 'display_name', ''), new_id), j ->> 'display_name',
           j ->> 'folder_path', coalesce(nullif(left(j ->> 'stage', 50), ''), 'inbound'), coalesce(nullif(j ->> 'status', ''), 'active'),
           CASE WHEN old_id = new_id THEN identifiers
                ELSE identifiers || jsonb_build_object('internal_codes',
                  pg_temp.zk_json(identifiers -> 'internal_codes', 'array', '[]') || to_jsonb(old_id)) END,
           pg_temp.zk_json(j -> 'company_info', 'object', '{}'), pg_temp.zk_json(j -> 'broker', 'object', '{}'),
           pg_temp.zk_money(pg_temp.zk_json(j -> 'metadata', 'object', '{}')),
           pg_temp.zk_json(j -> 'email_thread_ids', 'array', '[]'), coalesce(j ->> 'deleted' IN ('true', 't', '1'), false),
           0, created_at, created_at, coalesce(pg_temp.zk_time(j ->> 'updated_at'), created_at)
      FROM given
    RETURNING 1
  )
  INSERT INTO zakops.adoption_report
  SELECT 'deals', (SELECT count(*) FROM zakops_legacy.deals), (SELECT count(*) FROM copied),
         'Bare amounts became dollars. New ids: ' || (SELECT count(*) FROM pg_temp.zk_deal_ids WHERE old_id <> new_id)`;

const ALIASES = `
  WITH copied AS (
    INSERT INTO zakops.deal_aliases (id, deal_id, alias, alias_type, confidence, source, created_at)
    SELECT pg_temp.zk_id(j ->> 'id', 'deal_aliases'), i.new_id, j ->> 'alias', coalesce(j ->> 'alias_type', 'name_variation'),
           least(1, greatest(0, coalesce(pg_temp.zk_number(j ->> 'confidence'), 1))), coalesce(j ->> 'source', 'original'),
           coalesce(pg_temp.zk_time(j ->> 'created_at'), now())
      FROM (SELECT to_jsonb(a) AS j FROM zakops_legacy.deal_aliases a) AS given
      JOIN pg_temp.zk_deal_ids i ON i.old_id = j ->> 'deal_id'
     WHERE nullif(j ->> 'alias', '') IS NOT NULL
     ORDER BY pg_temp.zk_time(j ->> 'created_at')
    ON CONFLICT DO NOTHING
    RETURNING 1
  )
  INSERT INTO zakops.adoption_report
  SELECT 'deal_aliases', (SELECT count(*) FROM zakops_legacy.deal_aliases), (SELECT count(*) FROM copied),
         'Left behind: empty, twice the same for one deal, or of an unknown deal.'`;

const DEAL_EVENTS = `
  CREATE TEMPORARY TABLE zk_events ON COMMIT DROP AS
  SELECT pg_temp.zk_id(j ->> 'id', 'deal_events') AS id, i.new_id AS deal_id, coalesce(pg_temp.zk_type(j ->> 'event_type'), 'unknown') AS type,
         coalesce(j ->> 'source', 'original') AS source, coalesce(nullif(j ->> 'actor', ''), nullif(j ->> 'actor_id', ''), 'system') AS actor,
         coalesce(j ->> 'actor_type', 'system') AS actor_type, pg_temp.zk_json(j -> 'details', 'object', '{}') AS details,
         j ->> 'idempotency_key' AS idempotency_key,
         coalesce(pg_temp.zk_time(j ->> 'created_at'), '-infinity') AS created_at, pg_temp.zk_number(j ->> 'sequence_number') AS number
    FROM (SELECT to_jsonb(e) AS j FROM zakops_legacy.deal_events e) AS given
    JOIN pg_temp.zk_deal_ids i ON i.old_id = j ->> 'deal_id';
  UPDATE pg_temp.zk_events e SET created_at = d.created_at FROM zakops.deals d
   WHERE d.deal_id = e.deal_id AND e.created_at = '-infinity';

  INSERT INTO zakops.deal_stage_history (deal_id, from_stage, to_stage, transitioned_by, reason, idempotency_key, created_at)
  SELECT deal_id, details ->> 'from_stage', details ->> 'to_stage', actor, details ->> 'reason', idempotency_key, created_at
    FROM pg_temp.zk_events
   WHERE type = 'deal.stage_changed' AND details ->> 'from_stage' IS NOT NULL AND details ->> 'to_stage' IS NOT NULL
   ORDER BY created_at, number, id;
  UPDATE zakops.deals d SET stage_entered_at = last.at
    FROM (SELECT deal_id, to_stage, max(created_at) AS at FROM zakops.deal_stage_history GROUP BY deal_id, to_stage) AS last
   WHERE last.deal_id = d.deal_id AND last.to_stage = d.stage;

  WITH copied AS (
    INSERT INTO zakops.deal_activity (id, deal_id, seq, event_type, source, actor, actor_type, details, created_at)
    SELECT id, deal_id, 1 - row_number() OVER (PARTITION BY deal_id ORDER BY created_at DESC, number DESC NULLS LAST, id DESC),
           type, source, actor, actor_type, details, created_at
      FROM pg_temp.zk_events
    ON CONFLICT DO NOTHING
    RETURNING 1
  )
  INSERT INTO zakops.adoption_report
  SELECT 'deal_events', (SELECT count(*) FROM zakops_legacy.deal_events), (SELECT count(*) FROM copied),
         'Became activity; moves became stage history too. Left behind: events of unknown deals.'`;

const ACTIONS = `
  WITH given AS (
    SELECT DISTINCT ON (to_jsonb(a) ->> 'action_id') to_jsonb(a) AS j,
           coalesce(pg_temp.zk_time(to_jsonb(a) ->> 'created_at'), now()) AS created_at
      FROM zakops_legacy.actions a WHERE to_jsonb(a) ->> 'action_id' IS NOT NULL
  ), copied AS (
    INSERT INTO zakops.actions (action_id, deal_id, capability_id, action_type, title, summary, status, risk_level,
      requires_human_review, inputs, outputs, idempotency_key, trace_id, correlation_id, causation_id, run_id, approved_by, approved_at,
      operator_id, audit_trail, scheduled_for, next_retry_at, parent_action_id, root_action_id, chain_depth, artifacts, error_message,
      created_at, updated_at)
    SELECT j ->> 'action_id', i.new_id, j ->> 'capability_id', coalesce(j ->> 'action_type', 'unknown'),
           coalesce(nullif(j ->> 'title', ''), j ->> 'action_id'), j ->> 'summary',
           -- Four spellings that older clients used for two of the states.
           CASE upper(j ->> 'status') WHEN 'APPROVED' THEN 'QUEUED' WHEN 'RUNNING' THEN 'EXECUTING' WHEN 'PROCESSING' THEN 'EXECUTING'
             ELSE coalesce(upper(j ->> 'status'), 'PENDING_APPROVAL') END,
           coalesce(j ->> 'risk_level', 'medium'), coalesce(j ->> 'requires_human_review' NOT IN ('false', 'f', '0'), true),
           pg_temp.zk_json(j -> 'inputs', 'object', '{}'), pg_temp.zk_json(j -> 'outputs', 'object', '{}'),
           j ->> 'idempotency_key', j ->> 'trace_id', j ->> 'correlation_id', j ->> 'causation_id', j ->> 'run_id', j ->> 'approved_by',
           pg_temp.zk_time(j ->> 'approved_at'), j ->> 'operator_id', pg_temp.zk_json(j -> 'audit_trail', 'array', '[]'),
           pg_temp.zk_time(j ->> 'scheduled_for'), pg_temp.zk_time(j ->> 'next_retry_at'), j ->> 'parent_action_id', j ->> 'root_action_id',
           coalesce(pg_temp.zk_number(j ->> 'chain_depth'), 0), pg_temp.zk_json(j -> 'artifacts', 'array', '[]'), j ->> 'error_message',
           created_at, coalesce(pg_temp.zk_time(j ->> 'updated_at'), created_at)
      FROM given LEFT JOIN pg_temp.zk_deal_ids i ON i.old_id = j ->> 'deal_id'
    RETURNING deal_id
  )
  INSERT INTO zakops.adoption_report
  SELECT 'actions', (SELECT count(*) FROM zakops_legacy.actions), (SELECT count(*) FROM copied),
         'The deal of an action is empty when it is not among the deals.'`;

const QUARANTINE_ITEMS = `
  WITH given AS (
    SELECT DISTINCT ON (pg_temp.zk_id(to_jsonb(q) ->> 'id', 'quarantine_items')) to_jsonb(q) AS j,
           pg_temp.zk_id(to_jsonb(q) ->> 'id', 'quarantine_items') AS id
      FROM zakops_legacy.quarantine_items q
  ), copied AS (
    INSERT INTO zakops.quarantine_items (id, message_id, email_subject, sender, sender_domain, sender_name, sender_company, is_broker,
      received_at, classification, urgency, confidence, company_name, broker_name, status, processed_at, processed_by,
      processing_result, created_deal_id, thread_id, links, quarantine_dir, email_content_path, triage_summary_path, created_at)
    SELECT given.id, coalesce(j ->> 'message_id', given.id::text), j ->> 'email_subject', j ->> 'sender', j ->> 'sender_domain',
           j ->> 'sender_name', j ->> 'sender_company', j ->> 'is_broker' IN ('true', 't', '1'), pg_temp.zk_time(j ->> 'received_at'),
           j ->> 'classification', j ->> 'urgency', pg_temp.zk_number(j ->> 'confidence'), j ->> 'company_name', j ->> 'broker_name',
           coalesce(j ->> 'status', 'pending'), pg_temp.zk_time(j ->> 'processed_at'), j ->> 'processed_by',
           nullif(j -> 'processing_result', 'null'), i.new_id, j ->> 'thread_id', pg_temp.zk_json(j -> 'links', 'array', '[]'),
           j ->> 'quarantine_dir', j ->> 'email_content_path', j ->> 'triage_summary_path',
           coalesce(pg_temp.zk_time(j ->> 'created_at'), pg_temp.zk_time(j ->> 'received_at'), now())
      FROM given LEFT JOIN pg_temp.zk_deal_ids i ON i.old_id = j ->> 'created_deal_id'
    RETURNING 1
  )
  INSERT INTO zakops.adoption_report
  SELECT 'quarantine_items', (SELECT count(*) FROM zakops_legacy.quarantine_items), (SELECT count(*) FROM copied), ''`;

// Only what the catalogue can express is published: events of known deals whose payload holds every field of their type. A row that
// was dead becomes a dead ticket with its error, so that an operator decides; the others wait for the worker, oldest first.
const OUTBOX = `
  CREATE TEMPORARY TABLE zk_outbox ON COMMIT DROP AS
  WITH given AS (
    SELECT j, i.new_id AS deal_id, pg_temp.zk_type(j ->> 'event_type') AS type, pg_temp.zk_json(j -> 'event_data', 'object', '{}') AS given,
           coalesce(pg_temp.zk_time(j ->> 'created_at'), now()) AS created_at
      FROM (SELECT to_jsonb(o) AS j FROM zakops_legacy.outbox o) AS raw
      JOIN pg_temp.zk_deal_ids i ON i.old_id = coalesce(j -> 'event_data' ->> 'deal_id', j ->> 'aggregate_id')
     WHERE j ->> 'status' IN ('pending', 'processing', 'failed', 'dead') AND coalesce(j ->> 'aggregate_type', 'deal') = 'deal'
  ), payloads AS (
    SELECT given.*, CASE type
        WHEN 'deal.created' THEN jsonb_build_object('deal_id', deal_id, 'canonical_name', coalesce(given ->> 'canonical_name', d.canonical_name),
          'display_name', coalesce(given ->> 'display_name', d.display_name), 'stage', coalesce(given ->> 'stage', 'inbound'),
          'status', coalesce(given ->> 'status', 'active'), 'source', coalesce(given ->> 'source', 'original'))
        WHEN 'deal.stage_changed' THEN jsonb_build_object('deal_id', deal_id, 'from_stage', left(given ->> 'from_stage', 50),
          'to_stage', given ->> 'to_stage', 'reason', given ->> 'reason',
          'transitioned_by', coalesce(given ->> 'transitioned_by', given ->> 'actor', 'system'))
        WHEN 'deal.updated' THEN jsonb_build_object('deal_id', deal_id, 'changes', (
          SELECT jsonb_agg(jsonb_build_object('field', c ->> 'field', 'old_value', c -> 'old_value', 'new_value', c -> 'new_value'))
            FROM jsonb_array_elements(pg_temp.zk_json(given -> 'changes', 'array', '[]')) AS c WHERE c ->> 'field' IS NOT NULL))
      END AS data
      FROM given JOIN zakops.deals d USING (deal_id)
  )
  SELECT pg_temp.zk_id(j ->> 'id', 'outbox') AS id, deal_id, type, data, created_at, j,
         row_number() OVER (PARTITION BY deal_id ORDER BY created_at, j ->> 'id') AS seq
    FROM payloads
   WHERE (type = 'deal.created' AND data ->> 'stage' = ANY($stages$))
      OR (type = 'deal.stage_changed' AND data ->> 'from_stage' <> '' AND data ->> 'to_stage' = ANY($stages$))
      OR (type = 'deal.updated' AND jsonb_typeof(data -> 'changes') = 'array');

  INSERT INTO zakops.events (id, type, schema_version, aggregate_type, aggregate_id, aggregate_seq, data, correlation_id, actor, occurred_at)
  SELECT id, type, 1, 'deal', deal_id, seq, data,
         CASE WHEN j ->> 'correlation_id' ~ '^[A-Za-z0-9_-]{1,100}$' THEN j ->> 'correlation_id' ELSE deal_id END, 'system:original', created_at
    FROM pg_temp.zk_outbox;
  INSERT INTO zakops.outbox (event_id, consumer, event_type, stream, status, attempts, reason_code, last_error, first_failed_at, last_attempt_at)
  SELECT id, 'log', type, zakops.stream_of('deal', deal_id), CASE WHEN dead THEN 'dead' ELSE 'pending' END,
         CASE WHEN dead THEN least(coalesce(pg_temp.zk_number(j ->> 'attempts'), 0), 1000) ELSE 0 END,
         CASE WHEN dead THEN 'adopted' END, CASE WHEN dead THEN left(coalesce(j ->> 'error_message', 'unknown'), 500) END,
         CASE WHEN dead THEN coalesce(pg_temp.zk_time(j ->> 'last_attempt_at'), created_at) END,
         CASE WHEN dead THEN coalesce(pg_temp.zk_time(j ->> 'last_attempt_at'), created_at) END
    FROM (SELECT *, j ->> 'status' = 'dead' AS dead FROM pg_temp.zk_outbox) AS tickets
   ORDER BY created_at, deal_id, seq;
  UPDATE zakops.deals d SET version = last.seq
    FROM (SELECT deal_id, max(seq) AS seq FROM pg_temp.zk_outbox GROUP BY deal_id) AS last
   WHERE last.deal_id = d.deal_id;
  INSERT INTO zakops.adoption_report
  SELECT 'outbox', (SELECT count(*) FROM zakops_legacy.outbox o WHERE to_jsonb(o) ->> 'status' IN ('pending', 'processing', 'failed', 'dead')),
         (SELECT count(*) FROM pg_temp.zk_outbox),
         'Undelivered rows. Left in zakops_legacy.outbox: what is not a deal event of the catalogue with a complete payload.'`
  // Written out, because a migration must go on meaning the same when the list in the code grows.
  .replaceAll(
    '$stages$',
    `'{inbound,initial_review,due_diligence,negotiation,documentation,closing,closed_won,closed_lost,archived}'::text[]`,
  );

const END = `
  DROP FUNCTION pg_temp.zk_time(text), pg_temp.zk_json(jsonb, text, jsonb), pg_temp.zk_number(text), pg_temp.zk_id(text, text),
    pg_temp.zk_type(text), pg_temp.zk_money(jsonb)`;
