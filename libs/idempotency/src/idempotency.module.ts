import { MetricsModule } from '#zakops/metrics';
import { Module } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { AnswerCleaner } from './answer-cleaner.js';
import { AnswerStore } from './answer.store.js';
import { IdempotencyMetrics } from './idempotency.metrics.js';
import { IdempotentRoutes } from './idempotent-routes.js';

/** What routes with the mark `@Idempotent()` need. */
@Module({
  imports: [DiscoveryModule, MetricsModule],
  providers: [AnswerStore, AnswerCleaner, IdempotencyMetrics, IdempotentRoutes],
  exports: [AnswerStore, IdempotencyMetrics],
})
export class IdempotencyModule {}
