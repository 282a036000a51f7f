/** The columns of an exported file, which an import takes as well, in this order. */
export const TRANSFER_COLUMNS = [
  'deal_id',
  'external_id',
  'canonical_name',
  'display_name',
  'folder_path',
  'stage',
  'status',
  'source',
  'next_step',
  'next_step_at',
  'identifiers',
  'company_info',
  'broker',
  'metadata',
  'created_at',
  'updated_at',
] as const;

/** Columns that hold JSON objects. */
export const JSON_COLUMNS: ReadonlySet<string> = new Set(['identifiers', 'company_info', 'broker', 'metadata']);

/** Columns that the system sets; an import ignores them. */
export const READ_ONLY_COLUMNS: ReadonlySet<string> = new Set(['source', 'created_at', 'updated_at']);

/** A deal as it is exported: a member for each column. */
export type TransferRow = Readonly<Record<(typeof TRANSFER_COLUMNS)[number], unknown>>;
