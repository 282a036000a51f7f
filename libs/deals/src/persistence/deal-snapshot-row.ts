import type { DealSnapshot } from '../domain/deal-snapshot.js';

/** A deal as {@link DEAL_SNAPSHOT_COLUMNS} gives it. */
export interface DealSnapshotRow {
  readonly deal_id: string;
  readonly canonical_name: string;
  readonly display_name: string | null;
  readonly folder_path: string | null;
  readonly stage: string;
  readonly status: string;
  readonly identifiers: Record<string, unknown>;
  readonly company_info: Record<string, unknown>;
  readonly broker: Record<string, unknown>;
  readonly metadata: Record<string, unknown>;
  readonly email_thread_ids: unknown[];
  readonly version: number;
  readonly created_at: Date;
  readonly updated_at: Date;
  readonly days_since_update: number;
  readonly action_count: number;
  readonly alias_count: number;
  readonly merged_into: string | null;
  readonly outcome_reason: string | null;
  readonly outcome_note: string | null;
  readonly stage_entered_at: Date;
  readonly days_in_stage: number;
  readonly next_step: string | null;
  readonly next_step_at: string | null;
  readonly snoozed_until: string | null;
  readonly snooze_reason: string | null;
  readonly source: string | null;
}

/** SQL: what an answer shows of a deal `d`. */
export const DEAL_SNAPSHOT_COLUMNS = `d.deal_id, d.canonical_name, d.display_name, d.folder_path, d.stage, d.status, d.identifiers, d.company_info,
  d.broker, d.metadata, d.email_thread_ids, d.version, d.created_at, d.updated_at,
  d.merged_into, d.outcome_reason, d.outcome_note, d.stage_entered_at,
  greatest(0, floor(extract(epoch FROM now() - d.stage_entered_at) / 86400))::int AS days_in_stage, d.next_step, d.next_step_at::text,
  d.snoozed_until::text, d.snooze_reason, d.source,
  greatest(0, floor(extract(epoch FROM now() - d.updated_at) / 86400))::int AS days_since_update,
  (SELECT count(*)::int FROM zakops.actions a WHERE a.deal_id = d.deal_id) AS action_count,
  (SELECT count(*)::int FROM zakops.deal_aliases l WHERE l.deal_id = d.deal_id) AS alias_count`;

/** From the row to the snapshot. */
export function toDealSnapshot(row: DealSnapshotRow): DealSnapshot {
  return {
    dealId: row.deal_id,
    canonicalName: row.canonical_name,
    displayName: row.display_name,
    folderPath: row.folder_path,
    stage: row.stage,
    status: row.status,
    identifiers: row.identifiers,
    companyInfo: row.company_info,
    broker: row.broker,
    metadata: row.metadata,
    emailThreadIds: row.email_thread_ids,
    version: row.version,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    daysSinceUpdate: row.days_since_update,
    actionCount: row.action_count,
    aliasCount: row.alias_count,
    mergedInto: row.merged_into,
    outcomeReason: row.outcome_reason,
    outcomeNote: row.outcome_note,
    stageEnteredAt: row.stage_entered_at,
    daysInStage: row.days_in_stage,
    nextStep: row.next_step,
    nextStepAt: row.next_step_at,
    snoozedUntil: row.snoozed_until,
    snoozeReason: row.snooze_reason,
    source: row.source,
  };
}
