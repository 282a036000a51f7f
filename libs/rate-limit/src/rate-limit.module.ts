import { Global, Module } from '@nestjs/common';
import { PermitStore } from './permit-store.js';
import { RateLimiter } from './rate-limiter.js';
import { RateLimits } from './rate-limits.js';
import { WindowCleaner } from './window-cleaner.js';

/** Counting calls. Global, because a process must have one {@link RateLimiter} only; needs the global DatabaseModule. */
@Global()
@Module({
  providers: [PermitStore, RateLimiter, RateLimits, WindowCleaner],
  exports: [RateLimiter, RateLimits],
})
export class RateLimitModule {}
