import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Which processes run, and what level of logs an operator wants of them for a while. */
export class Processes0000000000009 implements MigrationInterface {
  readonly name = 'Processes0000000000009';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE UNLOGGED TABLE zakops.processes (
        process_id     text        NOT NULL CONSTRAINT processes_pk PRIMARY KEY,
        kind           text        NOT NULL CONSTRAINT processes_kind_check CHECK (kind IN ('api', 'outbox-worker')),
        role           text        CONSTRAINT processes_role_check CHECK (role IN ('active', 'standby')),
        version        text        NOT NULL,
        commit         text        NOT NULL,
        schema_version text,
        started_at     timestamptz NOT NULL,
        beat_at        timestamptz NOT NULL,
        progress_at    timestamptz NOT NULL,
        figures        jsonb       NOT NULL DEFAULT '{}'
      ) WITH (fillfactor = 50);
      COMMENT ON TABLE zakops.processes IS
        'One row is one running process, written by itself every five seconds and removed when it stops in order. Unlogged: after a crash of the server every process is back with its next heartbeat.';
      COMMENT ON COLUMN zakops.processes.process_id IS 'Host, process id and a random part: the owner in leases and tickets.';
      COMMENT ON COLUMN zakops.processes.role IS 'Of a worker: whether it holds the lease.';
      COMMENT ON COLUMN zakops.processes.schema_version IS 'The newest migration that its build knows.';
      COMMENT ON COLUMN zakops.processes.beat_at IS 'When its event loop last turned.';
      COMMENT ON COLUMN zakops.processes.progress_at IS 'When its main loop last finished a turn; never far behind beat_at unless the loop is stuck.';
      COMMENT ON COLUMN zakops.processes.figures IS 'What its parts tell of themselves: metrics, counts.';

      CREATE TABLE zakops.log_level_overrides (
        kind   text        NOT NULL CONSTRAINT log_level_overrides_pk PRIMARY KEY
               CONSTRAINT log_level_overrides_kind_check CHECK (kind IN ('api', 'outbox-worker', 'all')),
        level  text        NOT NULL
               CONSTRAINT log_level_overrides_level_check CHECK (level IN ('trace', 'debug', 'info', 'warn', 'error', 'fatal')),
        until  timestamptz NOT NULL,
        set_by text        NOT NULL,
        set_at timestamptz NOT NULL DEFAULT now(),
        reason text
      );
      COMMENT ON TABLE zakops.log_level_overrides IS
        'One row is the level of logs that an operator asked of all processes of a kind, until a time. Of two that fit, the one set last holds.';
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP TABLE zakops.log_level_overrides, zakops.processes;
    `);
  }
}
