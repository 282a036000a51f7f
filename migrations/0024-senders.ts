import type { MigrationInterface, QueryRunner } from 'typeorm';
import { buildIndex } from './build-index.js';

// An adopted database may hold one sender under two spellings of its address: the one with the latest mail counts. Its instants may be texts
// that no calendar has, or lack a zone, which was UTC.
const ADOPT = `
  SET LOCAL TimeZone = 'UTC';
  CREATE FUNCTION pg_temp.zk_time(given text) RETURNS timestamptz LANGUAGE plpgsql AS $$
    BEGIN
      RETURN CASE WHEN isfinite(given::timestamptz) THEN given::timestamptz END;
    EXCEPTION WHEN data_exception THEN RETURN NULL;
    END $$;
  INSERT INTO zakops.sender_profiles (email, domain, name, company, role, sender_type, quality_rating, is_broker, total_emails, deal_emails,
    last_email_at, created_at)
  SELECT DISTINCT ON (email) email, coalesce(j ->> 'domain', split_part(email, '@', 2)), j ->> 'name', j ->> 'company', j ->> 'role',
         CASE WHEN j ->> 'sender_type' IN ('broker', 'seller', 'advisor', 'platform') THEN j ->> 'sender_type' ELSE 'unknown' END,
         CASE WHEN j ->> 'quality_rating' IN ('HIGH', 'LOW') THEN j ->> 'quality_rating' ELSE 'MEDIUM' END,
         coalesce(j ->> 'is_broker' IN ('true', 't', '1'), false),
         CASE WHEN j ->> 'total_emails' ~ '^\\d{1,9}$' THEN (j ->> 'total_emails')::int ELSE 0 END,
         CASE WHEN j ->> 'deal_emails' ~ '^\\d{1,9}$' THEN (j ->> 'deal_emails')::int ELSE 0 END, last_email_at, statement_timestamp()
    FROM (SELECT to_jsonb(s) AS j FROM zakops_legacy.sender_profiles s) AS given,
         LATERAL (SELECT zakops.sender_address(j ->> 'email') AS email, pg_temp.zk_time(j ->> 'last_email_at') AS last_email_at) AS read
   WHERE email IS NOT NULL
   ORDER BY email, last_email_at DESC NULLS LAST
  ON CONFLICT (email) DO NOTHING;
  DROP FUNCTION pg_temp.zk_time(text)`;

// Mail that is here already has senders, too.
const FROM_ITEMS = `
  INSERT INTO zakops.sender_profiles (email, domain, name, company, is_broker, sender_type, last_email_at)
  SELECT DISTINCT ON (zakops.sender_address(sender)) zakops.sender_address(sender), split_part(zakops.sender_address(sender), '@', 2), sender_name,
         sender_company, coalesce(is_broker, false), CASE WHEN is_broker THEN 'broker' ELSE 'unknown' END, coalesce(received_at, created_at)
    FROM zakops.quarantine_items WHERE zakops.sender_address(sender) IS NOT NULL
   ORDER BY zakops.sender_address(sender), coalesce(received_at, created_at) DESC
  ON CONFLICT (email) DO NOTHING`;

// A deal without the member costs nothing. An entry of an index has less than 2.7 kB, so what is longer is hashed, cut or left out.
const INDEXES: readonly (readonly [string, string])[] = [
  ['quarantine_items_sender_idx', 'zakops.quarantine_items (zakops.sender_address(sender))'],
  ['deals_identifiers_idx', `zakops.deals USING gin (identifiers jsonb_path_ops) WHERE identifiers <> '{}'`],
  ['deals_threads_idx', `zakops.deals USING gin (email_thread_ids jsonb_path_ops) WHERE email_thread_ids <> '[]'`],
  [
    'deals_company_key_idx',
    `zakops.deals (zakops.company_key(company_info ->> 'company_name')) WHERE company_info ->> 'company_name' IS NOT NULL`,
  ],
  ['deals_broker_email_idx', `zakops.deals (zakops.sender_address(broker ->> 'email')) WHERE broker ->> 'email' IS NOT NULL`],
  ['deal_aliases_text_idx', 'zakops.deal_aliases (alias_type, md5(zakops.fold(alias)))'],
  [
    'deal_aliases_keywords_idx',
    `zakops.deal_aliases USING gin (to_tsvector('simple', zakops.fold(alias))) WHERE alias_type = 'subject_keywords' AND length(alias) <= 1000`,
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
        SELECT CASE WHEN length(address) <= 320 THEN address END
          FROM (SELECT substring(zakops.fold(coalesce(substring(given FROM '<([^<>]+)>'), given))
                                 FROM '^\\s*([^\\s@<>]+@[^\\s@<>]+)\\s*$') AS address) AS found
      $$;
      COMMENT ON FUNCTION zakops.sender_address IS
        'The address of "Bo <Bo@Example.com>" or "Bo@Example.com", folded; null when there is none of at most 320 characters.';

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

      CREATE OR REPLACE FUNCTION zakops.company_key(name text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
        SELECT nullif(left(btrim(regexp_replace(regexp_replace(zakops.fold(name), '[^[:alnum:]]+', ' ', 'g'),
          '(?:\\m(?:the|inc|incorporated|llc|ltd|limited|corp|corporation|co|company|group|holdings|gmbh|plc)\\M| )+', ' ', 'g')), 500), '')
      $$;
      COMMENT ON FUNCTION zakops.company_key IS
        'At most 500 characters of a company name, without legal form and punctuation: two spellings of one company have the same.';
    `);
    const [legacy] = (await runner.query(`SELECT to_regclass('zakops_legacy.sender_profiles') IS NOT NULL AS is_there`)) as {
      is_there: boolean;
    }[];
    if (legacy?.is_there === true) await runner.query(ADOPT);
    await runner.query(FROM_ITEMS);
    for (const [name, on] of INDEXES) await buildIndex(runner, name, on);
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
