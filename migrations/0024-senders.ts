import type { MigrationInterface, QueryRunner } from 'typeorm';
import { buildIndex } from './build-index.js';

// An adopted database may hold one sender under two spellings of its address: the one with the latest mail counts.
const ADOPT = `
  INSERT INTO zakops.sender_profiles (email, domain, name, company, role, sender_type, quality_rating, is_broker, total_emails, deal_emails,
    last_email_at, created_at)
  SELECT DISTINCT ON (zakops.fold(j ->> 'email')) zakops.fold(j ->> 'email'), coalesce(j ->> 'domain', split_part(zakops.fold(j ->> 'email'), '@', 2)),
         j ->> 'name', j ->> 'company', j ->> 'role',
         CASE WHEN j ->> 'sender_type' IN ('broker', 'seller', 'advisor', 'platform') THEN j ->> 'sender_type' ELSE 'unknown' END,
         CASE WHEN j ->> 'quality_rating' IN ('HIGH', 'LOW') THEN j ->> 'quality_rating' ELSE 'MEDIUM' END,
         coalesce(j ->> 'is_broker' IN ('true', 't', '1'), false),
         CASE WHEN j ->> 'total_emails' ~ '^\\d{1,9}$' THEN (j ->> 'total_emails')::int ELSE 0 END,
         CASE WHEN j ->> 'deal_emails' ~ '^\\d{1,9}$' THEN (j ->> 'deal_emails')::int ELSE 0 END,
         CASE WHEN j ->> 'last_email_at' ~ '^\\d{4}-[01]\\d-[0-3]\\d[ T][0-2]\\d:' THEN (j ->> 'last_email_at')::timestamptz END, statement_timestamp()
    FROM (SELECT to_jsonb(s) AS j FROM zakops_legacy.sender_profiles s) AS given
   WHERE j ->> 'email' LIKE '%_@_%'
   ORDER BY zakops.fold(j ->> 'email'), j ->> 'last_email_at' DESC NULLS LAST
  ON CONFLICT (email) DO NOTHING`;

// Mail that is here already has senders, too.
const FROM_ITEMS = `
  INSERT INTO zakops.sender_profiles (email, domain, name, company, is_broker, sender_type, last_email_at)
  SELECT DISTINCT ON (zakops.sender_address(sender)) zakops.sender_address(sender), split_part(zakops.sender_address(sender), '@', 2), sender_name,
         sender_company, coalesce(is_broker, false), CASE WHEN is_broker THEN 'broker' ELSE 'unknown' END, coalesce(received_at, created_at)
    FROM zakops.quarantine_items WHERE zakops.sender_address(sender) IS NOT NULL
   ORDER BY zakops.sender_address(sender), coalesce(received_at, created_at) DESC
  ON CONFLICT (email) DO NOTHING`;

// A deal without the member costs nothing.
const MATCH_INDEXES: readonly (readonly [string, string])[] = [
  ['deals_identifiers_idx', `zakops.deals USING gin (identifiers jsonb_path_ops) WHERE identifiers <> '{}'`],
  ['deals_threads_idx', `zakops.deals USING gin (email_thread_ids jsonb_path_ops) WHERE email_thread_ids <> '[]'`],
  [
    'deals_company_key_idx',
    `zakops.deals (zakops.company_key(company_info ->> 'company_name')) WHERE company_info ->> 'company_name' IS NOT NULL`,
  ],
  ['deals_broker_email_idx', `zakops.deals (zakops.fold(broker ->> 'email')) WHERE broker ->> 'email' IS NOT NULL`],
  ['deal_aliases_text_idx', 'zakops.deal_aliases (alias_type, zakops.fold(alias))'],
  [
    'deal_aliases_keywords_idx',
    `zakops.deal_aliases USING gin (to_tsvector('simple', zakops.fold(alias))) WHERE alias_type = 'subject_keywords'`,
  ],
];

/**
 * Who sends mail, and what deals are matched by.
 *
 * @remarks Outside of a transaction, so that indexes are built while others write. It can be repeated when it was cut off.
 */
export class Senders0000000000024 implements MigrationInterface {
  readonly name = 'Senders0000000000024';
  readonly transaction = false;

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE OR REPLACE FUNCTION zakops.sender_address(given text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
        SELECT nullif(substring(zakops.fold(coalesce(substring(given FROM '<([^<>]+)>'), given)) FROM '^\\s*([^\\s@<>]+@[^\\s@<>]+)\\s*$'), '')
      $$;
      COMMENT ON FUNCTION zakops.sender_address IS 'The address of "Bo <Bo@Example.com>" or "Bo@Example.com", folded; null when there is none.';

      CREATE TABLE IF NOT EXISTS zakops.sender_profiles (
        id             uuid        NOT NULL DEFAULT gen_random_uuid() CONSTRAINT sender_profiles_pk PRIMARY KEY,
        email          text        NOT NULL CONSTRAINT sender_profiles_email_key UNIQUE,
        domain         text        NOT NULL,
        name           text,
        company        text,
        role           text,
        sender_type    text        NOT NULL DEFAULT 'unknown',
        quality_rating text        NOT NULL DEFAULT 'MEDIUM',
        is_broker      boolean     NOT NULL DEFAULT false,
        total_emails   integer     NOT NULL DEFAULT 0,
        deal_emails    integer     NOT NULL DEFAULT 0,
        last_email_at  timestamptz,
        associated_deal_ids text[] NOT NULL DEFAULT '{}',
        version        integer     NOT NULL DEFAULT 0,
        created_at     timestamptz NOT NULL DEFAULT statement_timestamp(),
        updated_at     timestamptz NOT NULL DEFAULT statement_timestamp()
      );
      COMMENT ON TABLE zakops.sender_profiles IS 'Who sends mail. Counters and deals are recounted by the consumer sender-stats.';
      COMMENT ON COLUMN zakops.sender_profiles.email IS 'Folded.';
      CREATE INDEX IF NOT EXISTS sender_profiles_latest_idx ON zakops.sender_profiles ((coalesce(last_email_at, '-infinity')) DESC, id DESC);
      CREATE INDEX IF NOT EXISTS sender_profiles_newest_idx ON zakops.sender_profiles (created_at DESC, id DESC);
      CREATE INDEX IF NOT EXISTS quarantine_items_sender_idx ON zakops.quarantine_items (zakops.sender_address(sender));

      CREATE OR REPLACE FUNCTION zakops.company_key(name text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
        SELECT nullif(btrim(regexp_replace(regexp_replace(zakops.fold(name), '[^[:alnum:]]+', ' ', 'g'),
          '\\m(the|inc|incorporated|llc|ltd|limited|corp|corporation|co|company|group|holdings|gmbh|plc)\\M| +', ' ', 'g')), '')
      $$;
      COMMENT ON FUNCTION zakops.company_key IS 'A company name without legal form and punctuation: two spellings of one company have the same.';
    `);
    const [legacy] = (await runner.query(`SELECT to_regclass('zakops_legacy.sender_profiles') IS NOT NULL AS is_there`)) as {
      is_there: boolean;
    }[];
    if (legacy?.is_there === true) await runner.query(ADOPT);
    await runner.query(FROM_ITEMS);
    for (const [name, on] of MATCH_INDEXES) await buildIndex(runner, name, on);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP INDEX zakops.deals_identifiers_idx, zakops.deals_threads_idx, zakops.deals_company_key_idx, zakops.deals_broker_email_idx,
        zakops.deal_aliases_text_idx, zakops.deal_aliases_keywords_idx, zakops.quarantine_items_sender_idx;
      DROP TABLE zakops.sender_profiles;
      DROP FUNCTION zakops.company_key(text), zakops.sender_address(text);
    `);
  }
}
