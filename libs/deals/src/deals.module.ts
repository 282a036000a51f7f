import { AuditModule } from '#zakops/audit';
import { OutboxModule } from '#zakops/outbox';
import { TimelineModule } from '#zakops/timeline';
import { Module } from '@nestjs/common';
import { AddAliasHandler } from './commands/add-alias/add-alias.handler.js';
import { CreateDealHandler } from './commands/create-deal/create-deal.handler.js';
import { MoveDealHandler } from './commands/move-deal/move-deal.handler.js';
import { RemoveAliasHandler } from './commands/remove-alias/remove-alias.handler.js';
import { UpdateDealHandler } from './commands/update-deal/update-deal.handler.js';
import { caseFileSections, dealPartHandlers, dealPartStores, timelineSources } from './deal-parts.providers.js';
import { RecordActivityWhenDealChanges } from './event-handlers/record-activity-when-deal-changes.handler.js';
import { DealJournal } from './journal/deal-journal.js';
import { DealActivityStore } from './persistence/deal-activity.store.js';
import { DealReader } from './persistence/deal.reader.js';
import { DealPartsReader } from './persistence/deal-parts.reader.js';
import { DealRepository } from './persistence/deal.repository.js';
import { PipelineReader } from './persistence/pipeline.reader.js';
import { StageHistoryStore } from './persistence/stage-history.store.js';
import { GetAliasHandler } from './queries/get-alias/get-alias.handler.js';
import { GetDealHandler } from './queries/get-deal/get-deal.handler.js';
import { GetPipelineStatsHandler } from './queries/get-pipeline-stats/get-pipeline-stats.handler.js';
import { GetPipelineSummaryHandler } from './queries/get-pipeline-summary/get-pipeline-summary.handler.js';
import { GetStageCountsHandler } from './queries/get-stage-counts/get-stage-counts.handler.js';
import { GetStageHistoryHandler } from './queries/get-stage-history/get-stage-history.handler.js';
import { GetAllowedMovesHandler } from './queries/get-allowed-moves/get-allowed-moves.handler.js';
import { ListAliasesHandler } from './queries/list-aliases/list-aliases.handler.js';
import { ListDealActivityHandler } from './queries/list-deal-activity/list-deal-activity.handler.js';
import { ListDealsHandler } from './queries/list-deals/list-deals.handler.js';

const commandHandlers = [CreateDealHandler, UpdateDealHandler, MoveDealHandler, AddAliasHandler, RemoveAliasHandler];

const queryHandlers = [
  GetDealHandler,
  ListDealsHandler,
  ListDealActivityHandler,
  ListAliasesHandler,
  GetAliasHandler,
  GetStageHistoryHandler,
  GetAllowedMovesHandler,
  GetStageCountsHandler,
  GetPipelineSummaryHandler,
  GetPipelineStatsHandler,
];

const eventConsumers = [RecordActivityWhenDealChanges];

const stores = [DealRepository, StageHistoryStore, DealActivityStore];

const readers = [DealReader, DealPartsReader, PipelineReader];

/** Deals without HTTP: commands, queries, and the consumer of their events. */
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
  ],
})
export class DealsModule {}
