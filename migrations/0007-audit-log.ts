import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What persons and keys did, append only, and the hash chain over it. See docs/adr/0007-audit-chain.md. */
export class AuditLog0000000000007 implements MigrationInterface {
  readonly name = 'AuditLog0000000000007';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE zakops.audit_log (
        id            uuid        NOT NULL CONSTRAINT audit_log_pk PRIMARY KEY,
        occurred_at   timestamptz NOT NULL DEFAULT clock_timestamp(),
        actor_type    text        NOT NULL,
        actor_id      text        NOT NULL,
        action        text        NOT NULL,
        resource_type text        NOT NULL,
        resource_id   text        NOT NULL,
        before        jsonb,
        after         jsonb,
        details       jsonb       NOT NULL DEFAULT '{}',
        address       text,
        user_agent    text,
        method        text,
        path          text,
        trace_id      text
      ) WITH (autovacuum_vacuum_insert_scale_factor = 0, autovacuum_vacuum_insert_threshold = 50000);
      COMMENT ON TABLE zakops.audit_log IS 'One row is one thing that a person or a key did, written in the transaction of what was done. Append only.';
      COMMENT ON COLUMN zakops.audit_log.id IS 'UUID version 7, so that the order of ids is roughly that of time.';
      -- A block range index costs a write next to nothing. What is asked for most stands in few ranges: one resource, one actor, a time.
      CREATE INDEX audit_log_search_idx ON zakops.audit_log USING brin (
        occurred_at,
        resource_id text_bloom_ops (n_distinct_per_range = 400),
        actor_id text_bloom_ops (n_distinct_per_range = 100)
      ) WITH (pages_per_range = 32);

      CREATE TABLE zakops.audit_pending (
        entry_id uuid NOT NULL
      ) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000);
      COMMENT ON TABLE zakops.audit_pending IS
        'One row is one entry that is not in the chain yet: written with the entry, removed when it is chained. So an entry that commits late cannot be missed.';

      CREATE TABLE zakops.audit_chain (
        position   bigint      NOT NULL CONSTRAINT audit_chain_pk PRIMARY KEY CONSTRAINT audit_chain_position_check CHECK (position BETWEEN 1 AND 9007199254740991),
        entry_id   uuid        NOT NULL,
        prev_hash  bytea       NOT NULL CONSTRAINT audit_chain_prev_hash_check CHECK (octet_length(prev_hash) = 32),
        hash       bytea       NOT NULL CONSTRAINT audit_chain_hash_check CHECK (octet_length(hash) = 32),
        chained_at timestamptz NOT NULL
      );
      CREATE UNIQUE INDEX audit_chain_entry_idx ON zakops.audit_chain (entry_id);
      COMMENT ON TABLE zakops.audit_chain IS
        'One row is one link: positions 1, 2, 3 ... without a gap, each hash covers its entry and the hash before it. Append only.';

      CREATE TABLE zakops.audit_anchors (
        id         bigint      NOT NULL GENERATED ALWAYS AS IDENTITY CONSTRAINT audit_anchors_pk PRIMARY KEY,
        position   bigint      NOT NULL,
        hash       bytea       NOT NULL,
        anchored_at timestamptz NOT NULL,
        targets    text[]      NOT NULL,
        failures   jsonb       NOT NULL
      );
      COMMENT ON TABLE zakops.audit_anchors IS
        'One row is one head of the chain that was sent out. It says when the next is due; it proves nothing, because it is in the database.';
      COMMENT ON COLUMN zakops.audit_anchors.failures IS 'The targets that did not take it, and why.';

      CREATE FUNCTION zakops.refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
          RAISE EXCEPTION '%.% is append only', TG_TABLE_SCHEMA, TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege';
        END $$;
      CREATE TRIGGER audit_log_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON zakops.audit_log
        FOR EACH STATEMENT EXECUTE FUNCTION zakops.refuse_change();
      CREATE TRIGGER audit_chain_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON zakops.audit_chain
        FOR EACH STATEMENT EXECUTE FUNCTION zakops.refuse_change();
      CREATE TRIGGER audit_anchors_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON zakops.audit_anchors
        FOR EACH STATEMENT EXECUTE FUNCTION zakops.refuse_change();
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP TABLE zakops.audit_log, zakops.audit_pending, zakops.audit_chain, zakops.audit_anchors;
      DROP FUNCTION zakops.refuse_change();
    `);
  }
}
