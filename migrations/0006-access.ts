import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Who may come in: operators, their sessions, their API keys, and the one-time tokens by which they set a password. */
export class Access0000000000006 implements MigrationInterface {
  readonly name = 'Access0000000000006';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(TABLES);
    await this.copyOriginal(runner);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP TABLE zakops.operator_setup_tokens, zakops.api_keys, zakops.sessions, zakops.operators;
      DELETE FROM zakops.adoption_report WHERE subject = 'operators';
    `);
  }

  /** A database of the original system had operators, most of them without a password: it had no column for one. */
  private async copyOriginal(runner: QueryRunner): Promise<void> {
    const rows = (await runner.query(`SELECT to_regclass('zakops_legacy.operators') IS NOT NULL AS found`)) as { found: boolean }[];
    if (rows[0]?.found === true) await runner.query(OPERATORS);
  }
}

const TABLES = `
  CREATE TABLE zakops.operators (
    id                   uuid        NOT NULL CONSTRAINT operators_pk PRIMARY KEY,
    email                text        NOT NULL CONSTRAINT operators_email_check CHECK (length(email) BETWEEN 3 AND 320),
    name                 text        NOT NULL,
    role                 text        NOT NULL CONSTRAINT operators_role_check CHECK (role IN ('admin', 'analyst', 'viewer')),
    status               text        NOT NULL CONSTRAINT operators_status_check CHECK (status IN ('invited', 'active', 'disabled')),
    password_hash        text,
    must_change_password boolean     NOT NULL DEFAULT false,
    preferences          jsonb       NOT NULL DEFAULT '{}',
    failed_logins        integer     NOT NULL DEFAULT 0,
    locked_until         timestamptz,
    password_changed_at  timestamptz,
    last_login_at        timestamptz,
    version              integer     NOT NULL DEFAULT 1,
    event_seq            bigint      NOT NULL DEFAULT 0,
    created_at           timestamptz NOT NULL DEFAULT now(),
    updated_at           timestamptz NOT NULL DEFAULT now()
  );
  CREATE UNIQUE INDEX operators_email_idx ON zakops.operators (lower(email));
  CREATE INDEX operators_created_idx ON zakops.operators (created_at, id);
  COMMENT ON TABLE zakops.operators IS 'One row is one person who may log in, or was invited to, or was allowed to once.';
  COMMENT ON COLUMN zakops.operators.password_hash IS 'With its scheme and parameters; null until a password was set.';
  COMMENT ON COLUMN zakops.operators.must_change_password IS 'While true a login is good for changing the password and for nothing else.';
  COMMENT ON COLUMN zakops.operators.version IS 'Grows with every change that its ETag shows.';
  COMMENT ON COLUMN zakops.operators.event_seq IS 'The aggregate_seq of its last event.';

  CREATE TABLE zakops.sessions (
    id               uuid        NOT NULL CONSTRAINT sessions_pk PRIMARY KEY,
    token_hash       bytea       NOT NULL CONSTRAINT sessions_token_hash_check CHECK (octet_length(token_hash) = 32),
    operator_id      uuid        NOT NULL CONSTRAINT sessions_operator_fk REFERENCES zakops.operators ON DELETE CASCADE,
    created_at       timestamptz NOT NULL DEFAULT now(),
    authenticated_at timestamptz NOT NULL DEFAULT now(),
    last_seen_at     timestamptz NOT NULL DEFAULT now(),
    idle_expires_at  timestamptz NOT NULL,
    expires_at       timestamptz NOT NULL,
    address          text,
    user_agent       text,
    ended_at         timestamptz,
    ended_by         text,
    end_reason       text,
    CONSTRAINT sessions_end_check CHECK ((ended_at IS NULL) = (ended_by IS NULL) AND (ended_at IS NULL) = (end_reason IS NULL))
  );
  CREATE UNIQUE INDEX sessions_token_hash_idx ON zakops.sessions (token_hash);
  CREATE INDEX sessions_operator_idx ON zakops.sessions (operator_id, expires_at);
  CREATE INDEX sessions_expires_idx ON zakops.sessions (expires_at);
  COMMENT ON TABLE zakops.sessions IS 'One row is one login. It counts until it is ended, or one of its two limits passes.';
  COMMENT ON COLUMN zakops.sessions.token_hash IS 'SHA-256 of the token in the cookie, which is stored nowhere.';
  COMMENT ON COLUMN zakops.sessions.authenticated_at IS 'When the password was given for it.';
  COMMENT ON COLUMN zakops.sessions.last_seen_at IS 'Written at most once a minute, together with idle_expires_at.';
  COMMENT ON COLUMN zakops.sessions.expires_at IS 'The end however much it is used.';

  CREATE TABLE zakops.api_keys (
    id           uuid        NOT NULL CONSTRAINT api_keys_pk PRIMARY KEY,
    operator_id  uuid        NOT NULL CONSTRAINT api_keys_operator_fk REFERENCES zakops.operators ON DELETE CASCADE,
    name         text        NOT NULL,
    prefix       text        NOT NULL,
    key_hash     bytea       NOT NULL CONSTRAINT api_keys_key_hash_check CHECK (octet_length(key_hash) = 32),
    scopes       text[]      NOT NULL CONSTRAINT api_keys_scopes_check CHECK (cardinality(scopes) > 0),
    created_at   timestamptz NOT NULL DEFAULT now(),
    expires_at   timestamptz,
    last_used_at timestamptz,
    revoked_at   timestamptz,
    rotated_from uuid        CONSTRAINT api_keys_rotated_from_fk REFERENCES zakops.api_keys ON DELETE SET NULL
  );
  CREATE UNIQUE INDEX api_keys_key_hash_idx ON zakops.api_keys (key_hash);
  CREATE INDEX api_keys_operator_idx ON zakops.api_keys (operator_id, created_at);
  CREATE INDEX api_keys_rotated_from_idx ON zakops.api_keys (rotated_from) WHERE rotated_from IS NOT NULL;
  COMMENT ON TABLE zakops.api_keys IS 'One row is one key of an operator. What it may do is the part of its scopes that its owner may do at the time.';
  COMMENT ON COLUMN zakops.api_keys.key_hash IS 'SHA-256 of the key, which is shown once and stored nowhere.';
  COMMENT ON COLUMN zakops.api_keys.prefix IS 'The first characters of the key, to recognise it by.';
  COMMENT ON COLUMN zakops.api_keys.last_used_at IS 'Written at most once a minute.';
  COMMENT ON COLUMN zakops.api_keys.rotated_from IS 'The key that this one replaces.';

  CREATE TABLE zakops.operator_setup_tokens (
    token_hash  bytea       NOT NULL CONSTRAINT operator_setup_tokens_pk PRIMARY KEY,
    operator_id uuid        NOT NULL CONSTRAINT operator_setup_tokens_operator_fk REFERENCES zakops.operators ON DELETE CASCADE,
    purpose     text        NOT NULL CONSTRAINT operator_setup_tokens_purpose_check CHECK (purpose IN ('invitation', 'reset')),
    created_at  timestamptz NOT NULL DEFAULT now(),
    expires_at  timestamptz NOT NULL,
    used_at     timestamptz
  );
  CREATE INDEX operator_setup_tokens_operator_idx ON zakops.operator_setup_tokens (operator_id);
  COMMENT ON TABLE zakops.operator_setup_tokens IS 'One row is one token that lets its bearer set the password of an operator, once.';
  COMMENT ON COLUMN zakops.operator_setup_tokens.token_hash IS 'SHA-256 of the token, which is given to one person and stored nowhere.'`;

// Every row is read as JSON, so that a column that is missing counts as empty. Of two rows that differ only in the case of their
// address the older one is taken. A timestamp without time zone was written in UTC; an unreadable one counts as none.
// A password was kept in two columns, both hexadecimal: PBKDF2-HMAC-SHA256, 100,000 rounds, salted with the text of the salt itself. Any
// other text is no hash of the original; its operator is invited to set a password.
const OPERATORS = `
  SET LOCAL TimeZone = 'UTC';
  CREATE FUNCTION pg_temp.zk_time(given text) RETURNS timestamptz LANGUAGE plpgsql AS $$
    BEGIN
      RETURN CASE WHEN isfinite(given::timestamptz) THEN given::timestamptz END;
    EXCEPTION WHEN data_exception THEN RETURN NULL;
    END $$;
  WITH given AS (
    SELECT j, lower(btrim(j ->> 'email')) AS email, lower(coalesce(j ->> 'role', '')) AS role,
           CASE WHEN j ->> 'password_hash' ~* '^[0-9a-f]{64}$' AND j ->> 'password_salt' ~ '^[0-9a-f]{32}$'
                THEN 'pbkdf2_sha256$100000$' || (j ->> 'password_salt') || '$' || lower(j ->> 'password_hash') END AS password_hash,
           pg_temp.zk_time(j ->> 'created_at') AS created
      FROM (SELECT to_jsonb(o) AS j FROM zakops_legacy.operators o) AS raw
  ), chosen AS (
    SELECT DISTINCT ON (email) * FROM given
     WHERE email ~ '^[^@ ]+@[^@ ]+$' AND length(email) <= 320
     ORDER BY email, created NULLS LAST, j ->> 'id'
  ), copied AS (
    INSERT INTO zakops.operators (id, email, name, role, status, password_hash, preferences, created_at)
    SELECT CASE WHEN j ->> 'id' ~* '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' THEN (j ->> 'id')::uuid
                ELSE md5('operators/' || coalesce(j ->> 'id', email))::uuid END,
           email, left(coalesce(nullif(btrim(j ->> 'name'), ''), email), 200),
           CASE role WHEN 'admin' THEN 'admin' WHEN 'analyst' THEN 'analyst' WHEN 'operator' THEN 'analyst' ELSE 'viewer' END,
           CASE WHEN coalesce(j ->> 'is_active', j ->> 'active') IN ('false', 'f', '0') THEN 'disabled'
                WHEN password_hash IS NULL THEN 'invited' ELSE 'active' END,
           password_hash, CASE jsonb_typeof(j -> 'preferences') WHEN 'object' THEN j -> 'preferences' ELSE '{}' END,
           coalesce(created, now())
      FROM chosen
    ON CONFLICT DO NOTHING
    RETURNING 1
  )
  INSERT INTO zakops.adoption_report
  SELECT 'operators', (SELECT count(*) FROM zakops_legacy.operators), (SELECT count(*) FROM copied),
         'Invited until they set a password, if they had none. Left behind: without a readable address, or twice the same.';
  DROP FUNCTION pg_temp.zk_time(text)`;
