import { CursorModule } from '#zakops/auth';
import { IdempotencyModule } from '#zakops/idempotency';
import { TimelineModule } from '#zakops/timeline';
import { Module } from '@nestjs/common';
import { DealsModule } from './deals.module.js';
import { DealActivityController } from './http/deal-activity.controller.js';
import { DealAliasesController } from './http/deal-aliases.controller.js';
import { AlertsController } from './http/alerts.controller.js';
import { DealRemindersController } from './http/deal-reminders.controller.js';
import { PipelineVelocityController } from './http/pipeline-velocity.controller.js';
import { DealGuardsController } from './http/deal-guards.controller.js';
import { DealLifecycleController } from './http/deal-lifecycle.controller.js';
import { DealContactsController } from './http/deal-contacts.controller.js';
import { DealNotesController } from './http/deal-notes.controller.js';
import { DealStagesController } from './http/deal-stages.controller.js';
import { DealTimelineController } from './http/deal-timeline.controller.js';
import { DealTransferController } from './http/deal-transfer.controller.js';
import { DealsController } from './http/deals.controller.js';
import { PipelineController } from './http/pipeline.controller.js';
import { DealLookup } from './lookup/deal.lookup.js';
import { ActionSearchSource } from './search/action-search.source.js';
import { NoteSearchSource } from './search/note-search.source.js';
import { DealSearchSource } from './search/deal-search.source.js';

/** Deals over HTTP.  */
@Module({
  imports: [CursorModule, DealsModule, IdempotencyModule, TimelineModule],
  controllers: [
    // Before the routes with an id: `export` is none.
    DealTransferController,
    DealsController,
    DealStagesController,
    DealActivityController,
    DealAliasesController,
    DealLifecycleController,
    DealGuardsController,
    DealRemindersController,
    PipelineController,
    PipelineVelocityController,
    AlertsController,
    DealNotesController,
    DealContactsController,
    DealTimelineController,
  ],
  providers: [DealLookup, DealSearchSource, ActionSearchSource, NoteSearchSource],
})
export class DealsHttpModule {}
