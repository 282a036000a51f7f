/** Stands for every undelivered outbox id in the tests. */
export const OUTBOX_IDS = {
  created: '11111111-1111-4111-8111-111111111111',
  moved: '22222222-2222-4222-8222-222222222222',
  dead: '33333333-3333-4333-8333-333333333333',
  foreign: '44444444-4444-4444-8444-444444444444',
  delivered: '55555555-5555-4555-8555-555555555555',
  incomplete: '66666666-6666-4666-8666-666666666666',
} as const;

/** A text that no index takes whole, and that does not compress. */
const LONG = `(SELECT string_agg(md5(n::text), '') FROM generate_series(1, 400) AS n)`;

/** A database as the original system leaves it: its schema by another hand, with the oddities that real ones have. */
export const ORIGINAL_DATABASE = `
  CREATE SCHEMA zakops;
  CREATE TABLE zakops.schema_migrations (version text PRIMARY KEY, description text, applied_at timestamptz DEFAULT now());
  INSERT INTO zakops.schema_migrations VALUES ('001', 'base'), ('016_5', 'outbox');
  CREATE TABLE zakops.operators (id uuid, email text UNIQUE, name text, role text);
  INSERT INTO zakops.operators VALUES (gen_random_uuid(), 'ann@example.com', 'Ann', 'admin');

  -- One document is text, timestamps have no zone, thread ids are an array.
  CREATE TABLE zakops.deals (deal_id varchar(20) PRIMARY KEY, canonical_name varchar(255) NOT NULL, display_name varchar(255),
    folder_path text, stage varchar(50), status varchar(50), identifiers jsonb, company_info text, broker jsonb, metadata jsonb,
    email_thread_ids text[], deleted boolean DEFAULT false, created_at timestamp, updated_at timestamp);
  INSERT INTO zakops.deals VALUES
    ('DEAL-000007', 'acme', 'Acme', '/deals/acme', 'due_diligence', 'active', '{"listing_ids": ["L1"]}', '{"company_name": "Acme", "ein": 12345678901234567890}',
     '{"name": "Bo", "share": 0.1000000000000000055}', '{"priority": "HIGH", "asking_price": 1250000.5, "ebitda": "on request", "revenue": 3e6, "employees": 12}',
     '{t1,t2}', false, '2026-01-01 00:00:00', '2026-01-03 12:00:00.123456'),
    ('DEAL-000003', 'beta', NULL, NULL, 'screening', NULL, NULL, 'not json', NULL, NULL, NULL, false, NULL, NULL),
    ('DEAL-000004', 'gone', NULL, NULL, 'inbound', 'junk', '{}', jsonb_build_object('company_name', ${LONG})::text,
     jsonb_build_object('email', ${LONG} || '@x.com'), '{"asking_price": null}', '{}', true, '2025-01-01', '2025-01-02'),
    ('DEAL-2024-001', 'old', NULL, NULL, 'inbound', 'active', '{"internal_codes": ["X"]}', '{}', '{}', '{}', NULL, false, '2024-01-01', '2024-01-01');

  CREATE TABLE zakops.deal_aliases (id serial, deal_id varchar(20), alias text, alias_type text, confidence numeric(3,2), source text, created_at timestamptz);
  INSERT INTO zakops.deal_aliases (deal_id, alias, alias_type, confidence, source, created_at) VALUES
    ('DEAL-000007', 'BBS-1', 'listing_id', 1.00, 'email', '2026-01-01Z'),
    ('DEAL-000007', 'bbs-1', 'listing_id', 0.90, 'email', '2026-01-02Z'),
    ('DEAL-2024-001', 'Old Inc', 'company_name', NULL, NULL, NULL),
    ('DEAL-000004', ${LONG}, 'company_name', 1, 'email', NULL),
    ('DEAL-000004', (SELECT string_agg(md5(n::text), ' ') FROM generate_series(1, 40000) AS n), 'subject_keywords', 1, 'email', NULL),
    ('DEAL-999999', 'lost', 'listing_id', 1, 'email', now());

  CREATE TABLE zakops.deal_events (id uuid DEFAULT gen_random_uuid(), deal_id varchar(20), event_type text, source text, actor text,
    actor_id varchar(64), actor_type varchar(32) DEFAULT 'system', details jsonb, idempotency_key varchar(64), sequence_number bigserial,
    created_at timestamp);
  INSERT INTO zakops.deal_events (deal_id, event_type, source, actor, actor_type, details, idempotency_key, created_at) VALUES
    ('DEAL-000007', 'deal_created', 'api', 'ui_user', 'user', '{"stage": "inbound"}', NULL, '2026-01-01 00:00:00'),
    ('DEAL-000007', 'stage_changed', 'workflow', 'ann', 'user', '{"from_stage": "inbound", "to_stage": "initial_review", "reason": "fits"}', 'k1', '2026-01-02 00:00:00'),
    ('DEAL-000007', 'stage_changed', 'workflow', 'ann', 'user', '{"from_stage": "initial_review", "to_stage": "due_diligence", "reason": null}', NULL, '2026-01-02 00:00:00'),
    ('DEAL-000007', 'deal_updated', 'api', 'ui_user', 'user', '{"previous": {}, "new": {}}', NULL, '2026-01-03 00:00:00'),
    ('DEAL-000007', 'email_linked', 'agent', NULL, 'system', NULL, NULL, NULL),
    ('DEAL-2024-001', 'deal_created', 'api', 'ui_user', 'user', '{}', NULL, '2024-01-01'),
    ('DEAL-999999', 'deal_created', 'api', 'ui_user', 'user', '{}', NULL, '2024-01-01');

  -- Older than half of its columns.
  CREATE TABLE zakops.actions (action_id text PRIMARY KEY, deal_id text, capability_id text, action_type text, title text, status text,
    risk_level text, requires_human_review boolean, inputs jsonb, audit_trail jsonb, created_at timestamptz);
  INSERT INTO zakops.actions VALUES
    ('ACT-1', 'DEAL-000007', 'communication.send_email.v1', 'send_email', 'Mail', 'PENDING_APPROVAL', 'high', true, '{"to": "x"}', '[{"action": "created"}]', '2026-01-02Z'),
    ('ACT-2', 'DEAL-2024-001', NULL, 'create_task', 'Task', 'approved', 'low', false, NULL, NULL, '2026-01-01Z'),
    ('ACT-3', 'not a deal', NULL, 'create_task', 'Task', 'RUNNING', NULL, NULL, '[]', '{}', NULL);

  CREATE TABLE zakops.quarantine_items (id uuid DEFAULT gen_random_uuid(), message_id text, email_subject text, sender text, sender_domain text,
    received_at timestamptz, classification text, urgency text, confidence float, company_name text, status text, created_deal_id text,
    processing_result jsonb, created_at timestamptz);
  INSERT INTO zakops.quarantine_items (message_id, sender, classification, urgency, confidence, status, created_deal_id, created_at) VALUES
    ('<1@x>', 'bo@x.com', 'DEAL_SIGNAL', 'HIGH', 0.8, 'pending', NULL, '2026-01-02Z'),
    ('<2@x>', 'bo@x.com', 'UNCERTAIN', 'LOW', 'NaN', 'approved', 'DEAL-2024-001', '2026-01-01Z'),
    ('<3@x>', ${LONG} || '@x.com', 'JUNK', 'LOW', 0.1, 'rejected', NULL, '2026-01-01Z');

  -- Instants are texts, some of days that no calendar has.
  CREATE TABLE zakops.sender_profiles (email text, name text, is_broker boolean, total_emails int, last_email_at text);
  INSERT INTO zakops.sender_profiles VALUES
    ('Bo@X.com', 'Bo', true, 2, '2026-01-05 10:00:00'), ('bo@x.com', 'Bobo', false, 1, '2026-13-45 10:00:00'),
    ('cy@x.com', 'Cy', false, 1, '2026-02-30 10:00:00'), (${LONG} || '@x.com', 'Long', false, 1, NULL);

  CREATE TABLE zakops.outbox (id uuid PRIMARY KEY, correlation_id uuid, aggregate_type varchar(50), aggregate_id varchar(100),
    event_type varchar(100), schema_version int DEFAULT 1, event_data jsonb, trace_id text, status text, attempts int DEFAULT 0,
    max_attempts int DEFAULT 5, last_attempt_at timestamptz, next_attempt_at timestamptz, delivered_at timestamptz, error_message text,
    created_at timestamptz);
  INSERT INTO zakops.outbox (id, correlation_id, aggregate_type, aggregate_id, event_type, event_data, status, attempts, last_attempt_at,
    error_message, created_at) VALUES
    ('${OUTBOX_IDS.moved}', '99999999-9999-4999-8999-999999999999', 'deal', 'DEAL-000007', 'stage_changed',
     '{"from_stage": "inbound", "to_stage": "initial_review", "actor": "ann", "reason": "fits"}', 'processing', 1, '2026-01-02Z', NULL, '2026-01-02Z'),
    ('${OUTBOX_IDS.created}', NULL, 'deal', 'DEAL-000007', 'deal.created', '{"stage": "inbound"}', 'pending', 0, NULL, NULL, '2026-01-01Z'),
    ('${OUTBOX_IDS.dead}', NULL, 'deal', 'DEAL-000007', 'deal_updated',
     '{"changes": [{"field": "display_name", "old_value": null, "new_value": "Acme"}]}', 'dead', 5, '2026-01-04Z', 'no route', '2026-01-03Z'),
    ('${OUTBOX_IDS.incomplete}', NULL, 'deal', 'DEAL-000007', 'stage_changed', '{"to_stage": "elsewhere"}', 'failed', 2, NULL, NULL, '2026-01-03Z'),
    ('${OUTBOX_IDS.foreign}', NULL, 'action', 'ACT-1', 'action.created', '{}', 'pending', 0, NULL, NULL, '2026-01-03Z'),
    ('${OUTBOX_IDS.delivered}', NULL, 'deal', 'DEAL-000007', 'deal.created', '{}', 'delivered', 1, NULL, NULL, '2026-01-01Z');
`;
