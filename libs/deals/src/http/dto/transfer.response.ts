import { BooleanField, DateTimeField, EnumField, IntegerField, StringField, UuidField } from '#zakops/http';
import { ROW_STATES } from '../../transfer/import.view.js';
import type { ImportRowView, ImportView, RowState } from '../../transfer/import.view.js';

const STATES = ['queued', 'running', 'done', 'cancelled'] as const;

/** An import, and how far it is. */
export class ImportResponse {
  @UuidField()
  task_id!: string;

  @EnumField(STATES, 'ImportState')
  state!: (typeof STATES)[number];

  @BooleanField()
  dry_run!: boolean;

  @StringField({ example: 'ann@example.com' })
  created_by!: string;

  @IntegerField({ min: 0, description: 'All rows of the file.' })
  rows!: number;

  @IntegerField({ min: 0, description: 'Rows that have a result.' })
  done!: number;

  @IntegerField({ min: 0, description: 'Deals that were opened; in a dry run, would be.' })
  created!: number;

  @IntegerField({ min: 0 })
  changed!: number;

  @IntegerField({ min: 0 })
  unchanged!: number;

  @IntegerField({ min: 0 })
  failed!: number;

  @DateTimeField()
  created_at!: string;

  @DateTimeField({ nullable: true })
  finished_at!: string | null;
}

/** What became of a row of an import. */
export class ImportRowResponse {
  @IntegerField({ min: 1, description: 'The line of the file, from 1. For a CSV record of several lines, the last one.' })
  line!: number;

  @EnumField(ROW_STATES, 'ImportRowState')
  state!: RowState;

  @StringField({ nullable: true, example: 'DEAL-000001' })
  deal_id!: string | null;

  @StringField({ nullable: true, example: 'DUPLICATE_ROW' })
  code!: string | null;

  @StringField({ nullable: true, description: 'The column that is wrong.' })
  field!: string | null;

  @StringField({ nullable: true })
  detail!: string | null;
}

/** From the view to the wire. */
export function toImportResponse(view: ImportView): ImportResponse {
  const { created = 0, changed = 0, unchanged = 0, failed = 0 } = view.counts;
  return {
    task_id: view.id,
    state: view.state,
    dry_run: view.isDryRun,
    created_by: view.createdBy,
    rows: view.totalRows,
    done: created + changed + unchanged + failed,
    created,
    changed,
    unchanged,
    failed,
    created_at: view.createdAt.toISOString(),
    finished_at: view.finishedAt?.toISOString() ?? null,
  };
}

/** From the view to the wire. */
export function toImportRowResponse({ line, state, dealId, code, field, detail }: ImportRowView): ImportRowResponse {
  return { line, state, deal_id: dealId, code, field, detail };
}
