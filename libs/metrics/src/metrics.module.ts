import { Module } from '@nestjs/common';
import { Metrics } from './metrics.js';

/** The registry of a process. Every module that registers metrics imports this one. */
@Module({ providers: [Metrics], exports: [Metrics] })
export class MetricsModule {}
