import { CursorModule } from '#zakops/auth';
import { IdempotencyModule } from '#zakops/idempotency';
import { Module } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import { DeadLetterMetrics } from './dead-letter.metrics.js';
import { DeadLetterSnapshot } from './dead-letter.snapshot.js';
import { DlqModule } from './dlq.module.js';
import { DlqArchiveController } from './http/dlq-archive.controller.js';
import { DlqTasksController } from './http/dlq-tasks.controller.js';
import { DeadLetterLookup } from './lookup/dead-letter.lookup.js';
import { DlqController } from './http/dlq.controller.js';
import { FailureGroupsController } from './http/failure-groups.controller.js';

/** The dead letter queue over HTTP, and its metrics. */
@Module({
  imports: [CqrsModule, CursorModule, DlqModule, IdempotencyModule],
  // Before the routes with an id, which would take their words for one.
  controllers: [FailureGroupsController, DlqTasksController, DlqArchiveController, DlqController],
  providers: [DeadLetterLookup, DeadLetterMetrics, DeadLetterSnapshot],
})
export class DlqHttpModule {}
