import { AuditModule } from '#zakops/audit';
import { OutboxModule } from '#zakops/outbox';
import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { AddAliasHandler } from './commands/add-alias/add-alias.handler.js';
import { CreateDealHandler } from './commands/create-deal/create-deal.handler.js';
import { MoveDealHandler } from './commands/move-deal/move-deal.handler.js';
import { RemoveAliasHandler } from './commands/remove-alias/remove-alias.handler.js';
import { UpdateDealHandler } from './commands/update-deal/update-deal.handler.js';
import { RecordActivityWhenDealChanges } from './event-handlers/record-activity-when-deal-changes.handler.js';
import { DealJournal } from './journal/deal-journal.js';
import { DealActivityLog } from './persistence/deal-activity-log.js';
import { DealAliasEntity } from './persistence/deal-alias.entity.js';
import { DealReader } from './persistence/deal-reader.js';
import { DealTrailReader } from './persistence/deal-trail-reader.js';
import { DealEntity } from './persistence/deal.entity.js';
import { DealRepository } from './persistence/deal.repository.js';
import { PipelineReader } from './persistence/pipeline-reader.js';
import { SqlStageHistory } from './persistence/sql-stage-history.js';
import { StageHistory } from './persistence/stage-history.js';
import { TypeOrmDealRepository } from './persistence/typeorm-deal.repository.js';
import { GetAliasHandler } from './queries/get-alias/get-alias.handler.js';
import { GetDealHandler } from './queries/get-deal/get-deal.handler.js';
import { GetPipelineStatsHandler } from './queries/get-pipeline-stats/get-pipeline-stats.handler.js';
import { GetPipelineSummaryHandler } from './queries/get-pipeline-summary/get-pipeline-summary.handler.js';
import { GetStageCountsHandler } from './queries/get-stage-counts/get-stage-counts.handler.js';
import { GetStageHistoryHandler } from './queries/get-stage-history/get-stage-history.handler.js';
import { GetValidTransitionsHandler } from './queries/get-valid-transitions/get-valid-transitions.handler.js';
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
  GetValidTransitionsHandler,
  GetStageCountsHandler,
  GetPipelineSummaryHandler,
  GetPipelineStatsHandler,
];

const eventConsumers = [RecordActivityWhenDealChanges];

const repositories = [
  { provide: DealRepository, useClass: TypeOrmDealRepository },
  { provide: StageHistory, useClass: SqlStageHistory },
  DealActivityLog,
];

const readers = [DealReader, DealTrailReader, PipelineReader];

/** Deals without HTTP: commands, queries, and the consumer of their events. Needs the global DatabaseModule. */
@Module({
  imports: [OutboxModule, AuditModule, TypeOrmModule.forFeature([DealEntity, DealAliasEntity])],
  providers: [...commandHandlers, ...queryHandlers, ...eventConsumers, ...repositories, ...readers, DealJournal],
})
export class DealsModule {}
