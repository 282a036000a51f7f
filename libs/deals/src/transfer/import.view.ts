/** What became of a row of an import. */
export const ROW_STATES = ['waiting', 'created', 'changed', 'unchanged', 'failed'] as const;

/** One of {@link ROW_STATES}. */
export type RowState = (typeof ROW_STATES)[number];

/** An import, and how far it is. */
export interface ImportView {
  readonly id: string;
  readonly state: 'queued' | 'running' | 'done' | 'cancelled';
  readonly isDryRun: boolean;
  readonly createdBy: string;
  readonly totalRows: number;
  readonly counts: Readonly<Partial<Record<RowState, number>>>;
  readonly createdAt: Date;
  readonly finishedAt: Date | null;
}

/** A row of an import. */
export interface ImportRowView {
  readonly line: number;
  readonly state: RowState;
  readonly dealId: string | null;
  readonly code: string | null;
  readonly field: string | null;
  readonly detail: string | null;
}
