import { ContributesFigures, ContributesSnapshot } from '#zakops/figures';
import type { FigureContributor, Figures, MeasuredState, SnapshotContributor } from '#zakops/figures';
import { EventLog, WakeSignal } from '#zakops/outbox';
import { Injectable } from '@nestjs/common';
import { LogTail } from '../log/log-tail.js';
import { SseConfig } from '../sse.config.js';
import { ClusterStreams } from '../streams/cluster-streams.js';
import { StreamRegistry } from '../streams/stream-registry.js';
import { SseHub } from './sse-hub.js';

/** The event streams, for charts and for the page of operations. */
@ContributesFigures()
@ContributesSnapshot({ members: ['streams'] })
@Injectable()
export class SseFigures implements FigureContributor, SnapshotContributor {
  constructor(
    private readonly hub: SseHub,
    private readonly streams: StreamRegistry,
    private readonly cluster: ClusterStreams,
    private readonly tail: LogTail,
    private readonly log: EventLog,
    private readonly wake: WakeSignal,
    private readonly config: SseConfig,
  ) {}

  counted(): Figures {
    const { opened, closed } = this.streams.stats;
    const all = Object.values(closed).reduce((sum, n) => sum + n, 0);
    return {
      'streams.frames': this.hub.deliveredFrames,
      'streams.opened': opened,
      'streams.closed_client': closed.client,
      'streams.closed_slow': closed.slow,
      'streams.closed_unauthorized': closed.unauthorized,
      'streams.closed_other': all - closed.client - closed.slow - closed.unauthorized,
    };
  }

  async measured(): Promise<MeasuredState> {
    return { figures: { 'streams.open': (await this.cluster.stats()).connections } };
  }

  async snapshot(): Promise<Readonly<Record<string, unknown>>> {
    const [{ connections, processes }, end] = await Promise.all([this.cluster.stats(), this.log.head()]);
    const { head } = this.tail;
    const lag = head === undefined ? null : Math.max(0, end.position - head.position);
    return { streams: { cluster: connections, limit: processes * this.config.maxConnections, lag, wake_mode: this.wake.mode } };
  }
}
