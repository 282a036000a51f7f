import { RequirePermission } from '#zakops/auth';
import { EventLog, WakeSignal } from '#zakops/outbox';
import { Controller, Get } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { LogTail } from '../hub/log-tail.js';
import { SseHub } from '../hub/sse-hub.js';
import { StreamAdmission } from '../hub/stream-admission.js';
import { StreamFigures } from '../hub/stream-figures.js';
import { SseConfig } from '../sse.config.js';
import { SseStatsResponse } from './dto/sse-stats.response.js';

/** Streams for operators. */
@ApiTags('events')
@RequirePermission('admin:system', { orScope: 'admin:stats' })
@Controller('api/admin/sse')
export class SseStatsController {
  constructor(
    private readonly hub: SseHub,
    private readonly tail: LogTail,
    private readonly log: EventLog,
    private readonly wake: WakeSignal,
    private readonly admission: StreamAdmission,
    private readonly figures: StreamFigures,
    private readonly config: SseConfig,
  ) {}

  @Get('stats')
  @ApiOperation({ summary: 'Streams of the process that answers, and how many all processes hold', operationId: 'getSseStats' })
  @ApiOkResponse({ type: SseStatsResponse })
  async stats(): Promise<SseStatsResponse> {
    // These figures matter most while the database is away.
    const [end, cluster] = await Promise.all([this.log.head().catch(() => undefined), this.figures.ofCluster().catch(() => undefined)]);
    const head = this.tail.head;
    const { opened, closed, deliveredFrames } = this.hub.counts;
    return {
      total_connections: this.admission.total,
      cluster_connections: cluster?.connections ?? null,
      cluster_processes: cluster?.processes ?? null,
      max_connections: this.config.maxConnections,
      max_per_user: this.config.maxPerUser,
      heartbeat_interval: this.config.heartbeatMs / 1_000,
      buffered_events: this.hub.waitingFrames,
      epoch: head?.epoch ?? null,
      position: head?.position ?? null,
      lag: end === undefined || head === undefined ? null : Math.max(0, end.position - head.position),
      opened_total: opened,
      closed_by_cause: { ...closed },
      delivered_frames: deliveredFrames,
      wake_mode: this.wake.mode,
    };
  }
}
