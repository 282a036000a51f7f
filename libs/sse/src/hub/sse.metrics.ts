import { Metrics } from '#zakops/metrics';
import { Injectable } from '@nestjs/common';
import { SseConfig } from '../sse.config.js';
import { LogTail } from '../log/log-tail.js';
import { StreamRegistry } from '../streams/stream-registry.js';
import { SseHub } from './sse-hub.js';
import { StreamAdmission } from '../streams/stream-admission.js';

/** The streams of this process. */
@Injectable()
export class SseMetrics {
  constructor(metrics: Metrics, hub: SseHub, streams: StreamRegistry, admission: StreamAdmission, tail: LogTail, config: SseConfig) {
    metrics.gauge({
      name: 'zakops_sse_connections',
      help: 'Open event streams of this process.',
      collect: (gauge) => {
        gauge.set(admission.total);
      },
    });
    metrics
      .gauge({ name: 'zakops_sse_connections_limit', help: 'The most event streams that this process opens (SSE_MAX_CONNECTIONS).' })
      .set(config.maxConnections);
    metrics.counter({
      name: 'zakops_sse_connections_opened_total',
      help: 'Event streams that were opened.',
      collect: (counter) => {
        counter.reset();
        counter.inc(streams.stats.opened);
      },
    });
    metrics.counter({
      name: 'zakops_sse_connections_closed_total',
      help: 'Event streams that ended, by cause.',
      labelNames: ['cause'],
      collect: (counter) => {
        counter.reset();
        for (const [cause, closed] of Object.entries(streams.stats.closed)) counter.inc({ cause }, closed);
      },
    });
    metrics.counter({
      name: 'zakops_sse_frames_total',
      help: 'Events written to streams, counted per stream.',
      collect: (counter) => {
        counter.reset();
        counter.inc(hub.deliveredFrames);
      },
    });
    metrics.gauge({
      name: 'zakops_sse_waiting_frames',
      help: 'Events that are written and wait for clients that are behind, over all streams.',
      collect: (gauge) => {
        gauge.set(streams.waitingFrames);
      },
    });
    metrics.gauge({
      name: 'zakops_sse_lag_events',
      help: 'How many events this process was behind the end of the log when it last compared, once a second.',
      collect: (gauge) => {
        gauge.set(tail.lag);
      },
    });
  }
}
