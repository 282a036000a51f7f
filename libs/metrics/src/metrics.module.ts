import { Global, Module } from '@nestjs/common';
import { Metrics } from './metrics.js';

/** The registry of a process. Whoever registers metrics imports it; there is one for all of them. */
@Global()
@Module({ providers: [Metrics], exports: [Metrics] })
export class MetricsModule {}
