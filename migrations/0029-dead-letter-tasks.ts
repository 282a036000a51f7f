import type { MigrationInterface, QueryRunner } from 'typeorm';
import { buildIndex } from './build-index.js';

/**
 * Changes of many dead letters as tasks; the archive of what was discarded; payloads that an operator has corrected.
 *
 * @remarks Outside of a transaction, because the indexes of operations are built while others write. It can be repeated when it was cut off.
 * Version 0.4.0 knows none of it: what that version discards is gone at once, and its operations belong to no task.
 */
export class DeadLetterTasks0000000000029 implements MigrationInterface {
  readonly name = 'DeadLetterTasks0000000000029';
  readonly transaction = false;

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DO $$ BEGIN
        SET LOCAL lock_timeout = '5s';
        ALTER TABLE zakops.dlq_operations ADD COLUMN IF NOT EXISTS task_id uuid,
          DROP CONSTRAINT dlq_operations_kind_check, ADD CONSTRAINT dlq_operations_kind_check CHECK (${KINDS}) NOT VALID;
      END $$;
      ALTER TABLE zakops.dlq_operations VALIDATE CONSTRAINT dlq_operations_kind_check;
      COMMENT ON COLUMN zakops.dlq_operations.task_id IS 'The task of which the operation is a part; null for one dead letter, and in version 0.4.0.';
    `);
    await runner.query(TABLES);
    await buildIndex(runner, 'dlq_operations_task_idx', 'zakops.dlq_operations (task_id) WHERE task_id IS NOT NULL');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP TABLE zakops.dlq_task_entries, zakops.dlq_tasks, zakops.dead_letter_archive, zakops.resubmitted_events;
      DROP INDEX zakops.dlq_operations_task_idx;
      DELETE FROM zakops.dlq_operations WHERE kind IN ('undo', 'restore', 'resubmit');
      ALTER TABLE zakops.dlq_operations DROP COLUMN task_id, DROP CONSTRAINT dlq_operations_kind_check,
        ADD CONSTRAINT dlq_operations_kind_check CHECK (kind IN ('retry', 'retry_all', 'purge', 'purge_old'));
    `);
  }
}

const KINDS = `kind IN ('retry', 'retry_all', 'purge', 'purge_old', 'undo', 'restore', 'resubmit')`;

const TABLES = `
  CREATE TABLE IF NOT EXISTS zakops.dlq_tasks (
    id             uuid        NOT NULL CONSTRAINT dlq_tasks_pk PRIMARY KEY,
    kind           text        NOT NULL CONSTRAINT dlq_tasks_kind_check CHECK (kind IN ('redrive', 'discard')),
    state          text        NOT NULL
      CONSTRAINT dlq_tasks_state_check CHECK (state IN ('running', 'finished', 'cancelled', 'stopped', 'undoing', 'undone')),
    state_reason   text,
    filter         jsonb       NOT NULL,
    filter_key     text        NOT NULL,
    until          timestamptz NOT NULL,
    most           integer,
    rate           integer     NOT NULL,
    actor_type     text        NOT NULL,
    actor_id       text        NOT NULL,
    reason         text,
    total          integer     NOT NULL,
    done           integer     NOT NULL DEFAULT 0,
    skipped        integer     NOT NULL DEFAULT 0,
    walks          integer     NOT NULL DEFAULT 0,
    delivered      integer     NOT NULL DEFAULT 0,
    dead_again     integer     NOT NULL DEFAULT 0,
    discarded      integer     NOT NULL DEFAULT 0,
    undone         integer     NOT NULL DEFAULT 0,
    judged         integer     NOT NULL DEFAULT 0,
    came_back      integer     NOT NULL DEFAULT 0,
    place          jsonb,
    created_at     timestamptz NOT NULL DEFAULT statement_timestamp(),
    started_at     timestamptz,
    finished_at    timestamptz
  ) WITH (fillfactor = 70);
  CREATE UNIQUE INDEX IF NOT EXISTS dlq_tasks_running_idx ON zakops.dlq_tasks (filter_key) WHERE state = 'running';
  CREATE INDEX IF NOT EXISTS dlq_tasks_open_idx ON zakops.dlq_tasks (created_at)
    WHERE state IN ('running', 'undoing') OR (kind = 'redrive' AND done > delivered + dead_again + discarded + undone);
  CREATE INDEX IF NOT EXISTS dlq_tasks_created_idx ON zakops.dlq_tasks (created_at, id);
  COMMENT ON TABLE zakops.dlq_tasks IS 'One row is one change of many dead letters. The active worker carries it out.';
  COMMENT ON COLUMN zakops.dlq_tasks.filter_key IS 'A hash of the filter: of each filter one task runs at a time.';
  COMMENT ON COLUMN zakops.dlq_tasks.until IS 'The bound of the walk: what fails at this instant or later is left alone.';
  COMMENT ON COLUMN zakops.dlq_tasks.most IS 'Dead letters to change at most; null for all that fit.';
  COMMENT ON COLUMN zakops.dlq_tasks.rate IS 'Dead letters a second; 0 for as fast as possible.';
  COMMENT ON COLUMN zakops.dlq_tasks.total IS 'How many fitted when the task began.';
  COMMENT ON COLUMN zakops.dlq_tasks.skipped IS 'Left by the walk under way, because other sessions held them.';
  COMMENT ON COLUMN zakops.dlq_tasks.walks IS 'Walks that came to the end and left something.';
  COMMENT ON COLUMN zakops.dlq_tasks.judged IS 'First outcomes that the automatic stop has counted, 20 at most.';
  COMMENT ON COLUMN zakops.dlq_tasks.came_back IS 'How many of those failed with the same fingerprint as before.';
  COMMENT ON COLUMN zakops.dlq_tasks.place IS 'Where the walk goes on; null at its beginning.';

  CREATE TABLE IF NOT EXISTS zakops.dlq_task_entries (
    task_id     uuid     NOT NULL,
    ordinal     bigint   NOT NULL,
    consumer    text     NOT NULL,
    event_id    uuid     NOT NULL,
    stream      bigint   NOT NULL,
    replay      smallint NOT NULL,
    tried       boolean  NOT NULL DEFAULT false,
    attempts    smallint NOT NULL,
    reason_code text,
    last_error  text,
    fingerprint text,
    due_at      timestamptz,
    CONSTRAINT dlq_task_entries_pk PRIMARY KEY (task_id, ordinal, consumer)
  ) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000);
  COMMENT ON TABLE zakops.dlq_task_entries IS
    'One row is one redriven ticket of a task that has no outcome yet, as it was while it was dead. The outcome removes it.';
  COMMENT ON COLUMN zakops.dlq_task_entries.replay IS 'The number of the redrive that this task made.';
  COMMENT ON COLUMN zakops.dlq_task_entries.tried IS 'True once its first attempt has failed; it waits for its next one.';

  CREATE TABLE IF NOT EXISTS zakops.dead_letter_archive (
    entry_id       uuid        NOT NULL CONSTRAINT dead_letter_archive_pk PRIMARY KEY,
    event_id       uuid        NOT NULL,
    consumer       text        NOT NULL,
    event_type     text        NOT NULL,
    aggregate_type text        NOT NULL,
    aggregate_id   text        NOT NULL,
    correlation_id text        NOT NULL,
    failed_at      timestamptz NOT NULL,
    ticket         jsonb       NOT NULL,
    attempts       jsonb       NOT NULL,
    task_id        uuid,
    resubmitted_as uuid,
    archived_by    text        NOT NULL,
    reason         text,
    archived_at    timestamptz NOT NULL DEFAULT statement_timestamp()
  );
  CREATE INDEX IF NOT EXISTS dead_letter_archive_order_idx ON zakops.dead_letter_archive (archived_at, entry_id);
  CREATE INDEX IF NOT EXISTS dead_letter_archive_task_idx ON zakops.dead_letter_archive (task_id, entry_id) WHERE task_id IS NOT NULL;
  COMMENT ON TABLE zakops.dead_letter_archive IS 'One row is one dead letter that an operator has discarded, kept to be restored.';
  COMMENT ON COLUMN zakops.dead_letter_archive.ticket IS 'The whole row of the ticket.';
  COMMENT ON COLUMN zakops.dead_letter_archive.attempts IS 'Its failed attempts, oldest first.';
  COMMENT ON COLUMN zakops.dead_letter_archive.resubmitted_as IS 'The corrected event that its consumer got instead; null when it was only discarded.';

  CREATE TABLE IF NOT EXISTS zakops.resubmitted_events (
    id          uuid        NOT NULL CONSTRAINT resubmitted_events_pk PRIMARY KEY,
    event_id    uuid        NOT NULL,
    consumer    text        NOT NULL,
    entry_id    uuid        NOT NULL,
    replay      smallint    NOT NULL,
    data        jsonb       NOT NULL,
    actor       text        NOT NULL,
    reason      text        NOT NULL,
    created_at  timestamptz NOT NULL DEFAULT statement_timestamp()
  );
  CREATE INDEX IF NOT EXISTS resubmitted_events_original_idx ON zakops.resubmitted_events (event_id, consumer, id);
  COMMENT ON TABLE zakops.resubmitted_events IS
    'One row is one corrected event: for one consumer it takes the place of the original, which stays in the log.';`;
