import { CursorModule } from '#zakops/auth';
import { IdempotencyModule } from '#zakops/idempotency';
import { Module } from '@nestjs/common';
import { DealsModule } from './deals.module.js';
import { DealActivityController } from './http/deal-activity.controller.js';
import { DealAliasesController } from './http/deal-aliases.controller.js';
import { DealStagesController } from './http/deal-stages.controller.js';
import { DealsController } from './http/deals.controller.js';
import { PipelineController } from './http/pipeline.controller.js';
import { ActionSearchSource } from './search/action-search.source.js';
import { DealSearchSource } from './search/deal-search.source.js';

/** Deals over HTTP.  */
@Module({
  imports: [CursorModule, DealsModule, IdempotencyModule],
  controllers: [DealsController, DealStagesController, DealActivityController, DealAliasesController, PipelineController],
  providers: [DealSearchSource, ActionSearchSource],
})
export class DealsHttpModule {}
