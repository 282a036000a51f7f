import { CursorModule } from '#zakops/auth';
import { IdempotencyModule } from '#zakops/idempotency';
import { Module } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import { DeadLetterMetrics } from './dead-letter.metrics.js';
import { DlqModule } from './dlq.module.js';
import { DeadLetterLookup } from './lookup/dead-letter.lookup.js';
import { DlqController } from './http/dlq.controller.js';
import { FailureGroupsController } from './http/failure-groups.controller.js';

/** The dead letter queue over HTTP, and its metrics. */
@Module({
  imports: [CqrsModule, CursorModule, DlqModule, IdempotencyModule],
  // The groups come first: their path looks like that of one dead letter.
  controllers: [FailureGroupsController, DlqController],
  providers: [DeadLetterLookup, DeadLetterMetrics],
})
export class DlqHttpModule {}
