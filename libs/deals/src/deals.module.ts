import { AuditModule } from '#zakops/audit';
import { OutboxModule } from '#zakops/outbox';
import { DealIntake } from '#zakops/contracts';
import { TimelineModule } from '#zakops/timeline';
import { Module } from '@nestjs/common';
import { AddAliasHandler } from './commands/add-alias/add-alias.handler.js';
import { SnoozeDealHandler } from './commands/snooze-deal/snooze-deal.handler.js';
import { UnsnoozeDealHandler } from './commands/unsnooze-deal/unsnooze-deal.handler.js';
import { SetStageLimitsHandler } from './commands/set-stage-limits/set-stage-limits.handler.js';
import { ListDealsInOrderHandler } from './queries/list-deals-in-order/list-deals-in-order.handler.js';
import { ListAlertsHandler } from './queries/list-alerts/list-alerts.handler.js';
import { GetConversionHandler } from './queries/get-conversion/get-conversion.handler.js';
import { GetVelocityHandler } from './queries/get-velocity/get-velocity.handler.js';
import { GetWinRateHandler } from './queries/get-win-rate/get-win-rate.handler.js';
import { GetDealPaceHandler } from './queries/get-deal-pace/get-deal-pace.handler.js';
import { GetStageLimitsHandler } from './queries/get-stage-limits/get-stage-limits.handler.js';
import { AlertReader } from './persistence/alert.reader.js';
import { StageLimitStore } from './persistence/stage-limit.store.js';
import { VelocityReader } from './persistence/velocity.reader.js';
import { StaleDealStore } from './stale/stale-deal.store.js';
import { StaleDeals } from './stale/stale-deals.js';
import { StartImportHandler } from './commands/start-import/start-import.handler.js';
import { CancelImportHandler } from './commands/cancel-import/cancel-import.handler.js';
import { GetImportHandler } from './queries/get-import/get-import.handler.js';
import { ListImportRowsHandler } from './queries/list-import-rows/list-import-rows.handler.js';
import { DealExportReader } from './transfer/deal-export.reader.js';
import { DealImporter } from './transfer/deal-importer.js';
import { ImportStore } from './transfer/import.store.js';
import { ArchiveDealHandler } from './commands/archive-deal/archive-deal.handler.js';
import { ArchiveDealsHandler } from './commands/archive-deals/archive-deals.handler.js';
import { DeleteDealHandler } from './commands/delete-deal/delete-deal.handler.js';
import { MergeDealHandler } from './commands/merge-deal/merge-deal.handler.js';
import { RemoveGuardHandler } from './commands/remove-guard/remove-guard.handler.js';
import { RestoreDealHandler } from './commands/restore-deal/restore-deal.handler.js';
import { SaveGuardHandler } from './commands/save-guard/save-guard.handler.js';
import { UndeleteDealHandler } from './commands/undelete-deal/undelete-deal.handler.js';
import { CreateDealHandler } from './commands/create-deal/create-deal.handler.js';
import { MoveDealHandler } from './commands/move-deal/move-deal.handler.js';
import { RemoveAliasHandler } from './commands/remove-alias/remove-alias.handler.js';
import { UpdateDealHandler } from './commands/update-deal/update-deal.handler.js';
import { caseFileSections, dealPartHandlers, dealPartStores, timelineSources } from './deal-parts.providers.js';
import { RecordActivityWhenDealChanges } from './event-handlers/record-activity-when-deal-changes.handler.js';
import { MailIntake } from './intake/mail-intake.js';
import { MatchReader } from './intake/match.reader.js';
import { DealJournal } from './journal/deal-journal.js';
import { DealActivityStore } from './persistence/deal-activity.store.js';
import { DealReader } from './persistence/deal.reader.js';
import { DealPartsReader } from './persistence/deal-parts.reader.js';
import { DealRepository } from './persistence/deal.repository.js';
import { GuardStore } from './persistence/guard.store.js';
import { PipelineReader } from './persistence/pipeline.reader.js';
import { StageHistoryStore } from './persistence/stage-history.store.js';
import { GetAliasHandler } from './queries/get-alias/get-alias.handler.js';
import { GetDealHandler } from './queries/get-deal/get-deal.handler.js';
import { GetStoredDealHandler } from './queries/get-stored-deal/get-stored-deal.handler.js';
import { GetPipelineStatsHandler } from './queries/get-pipeline-stats/get-pipeline-stats.handler.js';
import { GetPipelineSummaryHandler } from './queries/get-pipeline-summary/get-pipeline-summary.handler.js';
import { GetStageCountsHandler } from './queries/get-stage-counts/get-stage-counts.handler.js';
import { GetStageHistoryHandler } from './queries/get-stage-history/get-stage-history.handler.js';
import { GetAllowedMovesHandler } from './queries/get-allowed-moves/get-allowed-moves.handler.js';
import { ListGuardsHandler } from './queries/list-guards/list-guards.handler.js';
import { PreviewMoveHandler } from './queries/preview-move/preview-move.handler.js';
import { ListAliasesHandler } from './queries/list-aliases/list-aliases.handler.js';
import { ListDealActivityHandler } from './queries/list-deal-activity/list-deal-activity.handler.js';
import { ListDealsHandler } from './queries/list-deals/list-deals.handler.js';

const commandHandlers = [
  CreateDealHandler,
  UpdateDealHandler,
  MoveDealHandler,
  AddAliasHandler,
  RemoveAliasHandler,
  ArchiveDealHandler,
  ArchiveDealsHandler,
  RestoreDealHandler,
  DeleteDealHandler,
  UndeleteDealHandler,
  MergeDealHandler,
  SaveGuardHandler,
  RemoveGuardHandler,
  SnoozeDealHandler,
  UnsnoozeDealHandler,
  SetStageLimitsHandler,
  StartImportHandler,
  CancelImportHandler,
];

const queryHandlers = [
  GetDealHandler,
  GetStoredDealHandler,
  ListDealsHandler,
  ListDealActivityHandler,
  ListAliasesHandler,
  GetAliasHandler,
  GetStageHistoryHandler,
  GetAllowedMovesHandler,
  PreviewMoveHandler,
  ListGuardsHandler,
  ListAlertsHandler,
  ListDealsInOrderHandler,
  GetConversionHandler,
  GetVelocityHandler,
  GetWinRateHandler,
  GetDealPaceHandler,
  GetStageLimitsHandler,
  GetImportHandler,
  ListImportRowsHandler,
  GetStageCountsHandler,
  GetPipelineSummaryHandler,
  GetPipelineStatsHandler,
];

const eventConsumers = [RecordActivityWhenDealChanges];

const stores = [ImportStore, StageLimitStore, StaleDealStore, DealRepository, GuardStore, StageHistoryStore, DealActivityStore];

const readers = [DealExportReader, AlertReader, VelocityReader, MatchReader, DealReader, DealPartsReader, PipelineReader];

/** Deals without HTTP: commands, queries, and the consumer of their events. Needs DealsConfig among the loaded settings. */
@Module({
  imports: [OutboxModule, AuditModule, TimelineModule],
  providers: [
    ...dealPartHandlers,
    ...dealPartStores,
    ...timelineSources,
    ...caseFileSections,
    ...commandHandlers,
    ...queryHandlers,
    ...eventConsumers,
    ...stores,
    ...readers,
    DealJournal,
    StaleDeals,
    DealImporter,
    { provide: DealIntake, useClass: MailIntake },
  ],
  exports: [DealIntake, StaleDeals, DealImporter, DealExportReader],
})
export class DealsModule {}
