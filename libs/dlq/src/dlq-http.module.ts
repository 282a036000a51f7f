import { CursorModule } from '#zakops/auth';
import { IdempotencyModule } from '#zakops/idempotency';
import { Module } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import { DeadLetterMetrics } from './dead-letter.metrics.js';
import { DeadLetterSnapshot } from './dead-letter.snapshot.js';
import { DlqModule } from './dlq.module.js';
import { DlqController } from './http/dlq.controller.js';

/** The dead letter queue over HTTP, and its metrics. */
@Module({
  imports: [CqrsModule, CursorModule, DlqModule, IdempotencyModule],
  controllers: [DlqController],
  providers: [DeadLetterMetrics, DeadLetterSnapshot],
})
export class DlqHttpModule {}
