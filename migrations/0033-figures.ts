import type { MigrationInterface, QueryRunner } from 'typeorm';
import { buildIndex } from './build-index.js';

/**
 * Figures with a past: two rings of samples that never grow, and the way to what operators did meanwhile.
 *
 * @remarks Outside of a transaction, so that the index is built while others write. It can be repeated when it was cut off.
 */
export class Figures0000000000033 implements MigrationInterface {
  readonly name = 'Figures0000000000033';
  readonly transaction = false;
  /** Charts begin again; nothing else reads the samples, and a rollback must not wait for somebody to name them. */
  readonly carriedOver = ['figure_samples'];

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE IF NOT EXISTS zakops.figure_samples (
        tier    smallint    NOT NULL CONSTRAINT figure_samples_tier_check CHECK (tier IN (0, 1)),
        slot    smallint    NOT NULL,
        bucket  timestamptz NOT NULL,
        samples integer     NOT NULL DEFAULT 1,
        sampler text,
        system  jsonb,
        added   jsonb       NOT NULL DEFAULT '{}',
        marks   jsonb,
        CONSTRAINT figure_samples_pk PRIMARY KEY (tier, slot)
      ) WITH (fillfactor = 50);
      COMMENT ON TABLE zakops.figure_samples IS
        'One row is the figures of ten seconds (tier 0, six hours) or of five minutes (tier 1, fourteen days). Two rings: a slot is reused a whole round later, so there are never more than 6,192 rows.';
      COMMENT ON COLUMN zakops.figure_samples.bucket IS 'When its time begins, aligned to UTC.';
      COMMENT ON COLUMN zakops.figure_samples.samples IS 'Of tier 1: the rows of tier 0 that it was made of; 30 unless there was a gap.';
      COMMENT ON COLUMN zakops.figure_samples.sampler IS 'The process that reads the state of the system for this bucket; null until one claims it.';
      COMMENT ON COLUMN zakops.figure_samples.system IS
        'State of the system by figure: a number, in tier 1 [least, mean, greatest, last]. Null when the sampler did not get to it: a gap.';
      COMMENT ON COLUMN zakops.figure_samples.added IS 'What all processes counted meanwhile, by figure: a number, in tier 1 [least, sum, greatest] of its ten seconds.';
      COMMENT ON COLUMN zakops.figure_samples.marks IS 'What to tell changes from: leader and fence, builds, newest start of a process, components that are not up.';
    `);
    // Charts show these actions: a few among millions.
    await buildIndex(
      runner,
      'audit_log_operations_idx',
      `zakops.audit_log (occurred_at) WHERE action ~ '^(log_level|deliveries|dead_letter)'`,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP INDEX zakops.audit_log_operations_idx;
      DROP TABLE zakops.figure_samples;
    `);
  }
}
