import { DEAL_STAGES } from '#zakops/contracts';
import { BooleanField, EnumField, PageQuery, UuidField } from '#zakops/http';
import { DEAL_STATUSES } from '../../domain/deal-status.js';
import { ROW_STATES } from '../../transfer/import.view.js';
import { TRANSFER_FORMATS } from '../../transfer/write-rows.js';
import type { TransferFormat } from '../../transfer/write-rows.js';

/** What an export is narrowed to. */
export class ExportDealsParams {
  @EnumField(TRANSFER_FORMATS, 'TransferFormat', { optional: true, default: 'csv' })
  format: TransferFormat = 'csv';

  @EnumField(DEAL_STAGES, 'DealStage', { optional: true, description: 'Only deals in this stage.' })
  stage?: string;

  @EnumField(DEAL_STATUSES, 'DealStatus', { optional: true, description: 'Only deals with this status; all when not given.' })
  status?: string;
}

/** How a file is imported. */
export class ImportDealsParams {
  @BooleanField({ optional: true, default: false, description: 'True to find out only what would happen to each row.' })
  dry_run = false;
}

/** The path of an import. */
export class ImportPath {
  @UuidField()
  task_id!: string;
}

/** Which rows of an import are listed. */
export class ImportRowsParams extends PageQuery {
  @EnumField(ROW_STATES, 'ImportRowState', { optional: true, description: 'Only rows with this result.' })
  state?: string;
}
