import { MetricsModule } from '#zakops/metrics';
import { Module } from '@nestjs/common';
import { PermitStore } from './permit.store.js';
import { RateLimitMetrics } from './rate-limit.metrics.js';
import { RateLimiter } from './rate-limiter.js';
import { RateLimits } from './rate-limits.js';
import { WindowCleaner } from './window-cleaner.js';

/** Counts calls. Each module that counts imports it; Nest makes one {@link RateLimiter} for the process. */
@Module({
  imports: [MetricsModule],
  providers: [PermitStore, RateLimitMetrics, RateLimiter, RateLimits, WindowCleaner],
  exports: [RateLimiter, RateLimits],
})
export class RateLimitModule {}
