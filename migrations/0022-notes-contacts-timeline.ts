import type { MigrationInterface, QueryRunner } from 'typeorm';
import { buildIndex } from './build-index.js';

/**
 * Notes and contacts of deals, and the indexes by which a timeline is read.
 *
 * @remarks Outside of a transaction, so that indexes are built while others write. It can be repeated when it was cut off.
 */
export class NotesContactsTimeline0000000000022 implements MigrationInterface {
  readonly name = 'NotesContactsTimeline0000000000022';
  readonly transaction = false;

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- Statements that wait for a table have all later ones wait behind them.
      SET LOCAL lock_timeout = '5s';
      CREATE TABLE IF NOT EXISTS zakops.deal_notes (
        id         uuid        NOT NULL CONSTRAINT deal_notes_pk PRIMARY KEY,
        deal_id    text        NOT NULL CONSTRAINT deal_notes_deal_fk REFERENCES zakops.deals,
        content    text        NOT NULL,
        category   text        NOT NULL,
        author     text        NOT NULL,
        author_id  uuid,
        version    integer     NOT NULL DEFAULT 1,
        created_at timestamptz NOT NULL DEFAULT statement_timestamp(),
        updated_at timestamptz NOT NULL DEFAULT statement_timestamp(),
        deleted_at timestamptz
      );
      CREATE INDEX IF NOT EXISTS deal_notes_deal_idx ON zakops.deal_notes (deal_id, created_at DESC, id DESC) WHERE deleted_at IS NULL;
      CREATE INDEX IF NOT EXISTS deal_notes_newest_idx ON zakops.deal_notes (created_at DESC, id DESC);
      COMMENT ON TABLE zakops.deal_notes IS 'What people wrote about a deal: one row is one note. Removed notes keep their row.';
      COMMENT ON COLUMN zakops.deal_notes.author IS 'The e-mail address of the author when the note was written.';
      COMMENT ON COLUMN zakops.deal_notes.author_id IS 'The operator who may change the note beside administrators. Null for a note of the system.';
      COMMENT ON COLUMN zakops.deal_notes.version IS 'Grows with each change of the note.';

      CREATE TABLE IF NOT EXISTS zakops.deal_contacts (
        id         uuid        NOT NULL CONSTRAINT deal_contacts_pk PRIMARY KEY,
        deal_id    text        NOT NULL CONSTRAINT deal_contacts_deal_fk REFERENCES zakops.deals,
        name       text        NOT NULL,
        role       text        NOT NULL,
        email      text,
        phone      text,
        company    text,
        is_primary boolean     NOT NULL DEFAULT false,
        notes      text,
        version    integer     NOT NULL DEFAULT 1,
        created_at timestamptz NOT NULL DEFAULT statement_timestamp(),
        updated_at timestamptz NOT NULL DEFAULT statement_timestamp()
      );
      CREATE INDEX IF NOT EXISTS deal_contacts_deal_idx ON zakops.deal_contacts (deal_id, id);
      CREATE UNIQUE INDEX IF NOT EXISTS deal_contacts_primary_idx ON zakops.deal_contacts (deal_id) WHERE is_primary;
      COMMENT ON TABLE zakops.deal_contacts IS 'People on the other side of a deal: one row is one person. The broker is in deals.broker and never here.';
      COMMENT ON COLUMN zakops.deal_contacts.version IS 'Grows with each change of the contact.';
    `);
    // A timeline shows moves from their history and notes from their table, so that their events are left out of the activity.
    await buildIndex(
      runner,
      'deal_activity_timeline_idx',
      `zakops.deal_activity (deal_id, created_at DESC, id DESC) WHERE event_type NOT IN ('deal.stage_changed', 'deal.note_added')`,
    );
    await buildIndex(runner, 'deal_stage_history_timeline_idx', 'zakops.deal_stage_history (deal_id, created_at DESC, id DESC)');
    await buildIndex(runner, 'actions_timeline_idx', 'zakops.actions (deal_id, created_at DESC, action_id DESC) WHERE deal_id IS NOT NULL');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP INDEX zakops.actions_timeline_idx, zakops.deal_stage_history_timeline_idx, zakops.deal_activity_timeline_idx;
      DROP TABLE zakops.deal_contacts, zakops.deal_notes;
    `);
  }
}
