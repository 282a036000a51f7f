import { MetricsModule } from '#zakops/metrics';
import { Module } from '@nestjs/common';
import { APP_INTERCEPTOR } from '@nestjs/core';
import { AnswerCleaner } from './answer-cleaner.js';
import { AnswerStore } from './answer.store.js';
import { IdempotencyInterceptor } from './idempotency.interceptor.js';
import { IdempotencyMetrics } from './idempotency.metrics.js';

/** Puts {@link IdempotencyInterceptor} around every route. */
@Module({
  imports: [MetricsModule],
  providers: [AnswerStore, AnswerCleaner, IdempotencyMetrics, { provide: APP_INTERCEPTOR, useClass: IdempotencyInterceptor }],
})
export class IdempotencyModule {}
