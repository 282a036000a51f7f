import type { MigrationInterface, QueryRunner } from 'typeorm';

/** How often somebody called, and the answers that a repeated call gets again. */
export class CallLimits0000000000008 implements MigrationInterface {
  readonly name = 'CallLimits0000000000008';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE UNLOGGED TABLE zakops.rate_limits (
        policy         text        NOT NULL,
        subject        bytea       NOT NULL,
        window_ends_at timestamptz NOT NULL,
        used           integer     NOT NULL,
        granted        integer     NOT NULL,
        CONSTRAINT rate_limits_pk PRIMARY KEY (policy, subject)
      ) WITH (fillfactor = 50);
      CREATE INDEX rate_limits_window_idx ON zakops.rate_limits (window_ends_at);
      COMMENT ON TABLE zakops.rate_limits IS
        'One row is the running window of one subject under one policy, shared by all processes. Unlogged: a crash of the server forgets at most a minute.';
      COMMENT ON COLUMN zakops.rate_limits.subject IS 'Hash of who calls: the table holds no addresses, and a long name takes no more room than a short one.';
      COMMENT ON COLUMN zakops.rate_limits.granted IS 'How many permits the last statement got, for its RETURNING.';

      CREATE TABLE zakops.idempotency_keys (
        scope      bytea       NOT NULL CONSTRAINT idempotency_keys_pk PRIMARY KEY,
        input      bytea       NOT NULL,
        status     smallint    NOT NULL CONSTRAINT idempotency_keys_status_check CHECK (status BETWEEN 200 AND 299),
        headers    jsonb       NOT NULL,
        body       text,
        is_secret  boolean     NOT NULL,
        expires_at timestamptz NOT NULL
      );
      -- Rows come in the order of their expiry: a summary per range of pages finds the old ones, and costs writers next to nothing.
      CREATE INDEX idempotency_keys_expires_idx ON zakops.idempotency_keys USING brin (expires_at) WITH (pages_per_range = 32);
      COMMENT ON TABLE zakops.idempotency_keys IS 'One row is the answer to one call with an Idempotency-Key, written in the transaction of its effect.';
      COMMENT ON COLUMN zakops.idempotency_keys.scope IS 'Hash of principal, method, path and key.';
      COMMENT ON COLUMN zakops.idempotency_keys.input IS 'Hash of body and query: the same key with another body is refused. Empty beside a secret answer: the body may have been a password.';
      COMMENT ON COLUMN zakops.idempotency_keys.body IS 'Exactly as sent; null when nothing was sent, or when it held a secret.';
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP TABLE zakops.idempotency_keys, zakops.rate_limits;
    `);
  }
}
