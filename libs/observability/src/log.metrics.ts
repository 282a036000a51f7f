import { Metrics } from '#zakops/metrics';
import { Injectable } from '@nestjs/common';
import pino from 'pino';
import { linesByLevel } from './log-stream.js';

/** Log lines by level: a process that suddenly warns much is worth a look. */
@Injectable()
export class LogMetrics {
  constructor(metrics: Metrics) {
    metrics.counter({
      name: 'zakops_log_lines_total',
      help: 'Log lines that were written, by level; the line of each request is among them.',
      labelNames: ['level'],
      collect: (counter) => {
        counter.reset();
        for (const [value, level] of Object.entries(pino.levels.labels)) counter.inc({ level }, linesByLevel(Number(value)));
      },
    });
  }
}
