import { MetricsModule } from '#zakops/metrics';
import { Global, Module } from '@nestjs/common';
import { PermitStore } from './permit.store.js';
import { RateLimitMetrics } from './rate-limit.metrics.js';
import { RateLimiter } from './rate-limiter.js';
import { RateLimits } from './rate-limits.js';
import { WindowCleaner } from './window-cleaner.js';

/** Counting calls. Global, because a process must have one {@link RateLimiter} only; needs the global DatabaseModule. */
@Global()
@Module({
  imports: [MetricsModule],
  providers: [PermitStore, RateLimitMetrics, RateLimiter, RateLimits, WindowCleaner],
  exports: [RateLimiter, RateLimits],
})
export class RateLimitModule {}
