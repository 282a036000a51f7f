import { RequirePermission } from '#zakops/auth';
import { EventLog, WakeSignal } from '#zakops/outbox';
import { Controller, Get } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { LogTail } from '../log/log-tail.js';
import { SseHub } from '../hub/sse-hub.js';
import { ClusterStreams } from '../streams/cluster-streams.js';
import { StreamAdmission } from '../streams/stream-admission.js';
import { StreamRegistry } from '../streams/stream-registry.js';
import { SseConfig } from '../sse.config.js';
import { SseStatsResponse } from './dto/sse-stats.response.js';

/** Streams for operators. */
@ApiTags('events')
@RequirePermission('admin:system', { orScope: 'admin:stats' })
@Controller('api/admin/sse')
export class SseStatsController {
  constructor(
    private readonly hub: SseHub,
    private readonly streams: StreamRegistry,
    private readonly tail: LogTail,
    private readonly log: EventLog,
    private readonly wake: WakeSignal,
    private readonly admission: StreamAdmission,
    private readonly clusterStreams: ClusterStreams,
    private readonly config: SseConfig,
  ) {}

  @Get('stats')
  @ApiOperation({
    summary: 'Streams of the process that answers, and how many all processes hold',
    operationId: 'getSseStats',
    description: 'Figures of the process that answers. `cluster_connections` adds those of all API processes, as of their last heartbeats.',
  })
  @ApiOkResponse({ type: SseStatsResponse })
  async stats(): Promise<SseStatsResponse> {
    // These stats matter most while the database is away.
    const [end, cluster] = await Promise.all([this.log.head().catch(() => undefined), this.clusterStreams.stats().catch(() => undefined)]);
    const head = this.tail.head;
    const { opened, closed } = this.streams.stats;
    return {
      total_connections: this.admission.total,
      cluster_connections: cluster?.connections ?? null,
      cluster_processes: cluster?.processes ?? null,
      max_connections: this.config.maxConnections,
      max_per_user: this.config.maxPerUser,
      heartbeat_interval: this.config.heartbeatMs / 1_000,
      buffered_events: this.streams.waitingFrames,
      epoch: head?.epoch ?? null,
      position: head?.position ?? null,
      lag: end === undefined || head === undefined ? null : Math.max(0, end.position - head.position),
      opened_total: opened,
      closed_by_cause: { ...closed },
      delivered_frames: this.hub.deliveredFrames,
      wake_mode: this.wake.mode,
    };
  }
}
