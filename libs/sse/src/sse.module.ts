import { AuditModule } from '#zakops/audit';
import { AuthModule, CursorModule } from '#zakops/auth';
import { IdempotencyModule } from '#zakops/idempotency';
import { MetricsModule } from '#zakops/metrics';
import { OutboxModule } from '#zakops/outbox';
import { Module } from '@nestjs/common';
import { EndStreamHandler } from './commands/end-stream/end-stream.handler.js';
import { ShedStreamsHandler } from './commands/shed-streams/shed-streams.handler.js';
import { EventLists } from './events/event-lists.js';
import { EventReader } from './events/event.reader.js';
import { EventStreamController } from './http/event-stream.controller.js';
import { EventsController } from './http/events.controller.js';
import { SseStatsController } from './http/sse-stats.controller.js';
import { StreamsController } from './http/streams.controller.js';
import { FanOut } from './hub/fan-out.js';
import { SseHub } from './hub/sse-hub.js';
import { SseHealth } from './hub/sse.health.js';
import { SseMetrics } from './hub/sse.metrics.js';
import { StreamOpener } from './hub/stream-opener.js';
import { LogPages } from './log/log-pages.js';
import { LogTail } from './log/log-tail.js';
import { CatchUp } from './resume/catch-up.js';
import { ResumePoint } from './resume/resume-point.js';
import { AccessSweep } from './streams/access-sweep.js';
import { ClusterStreams } from './streams/cluster-streams.js';
import { StreamAdmission } from './streams/stream-admission.js';
import { StreamOrderStore } from './streams/stream-order.store.js';
import { StreamOrderTaker } from './streams/stream-order-taker.js';
import { StreamRegistry } from './streams/stream-registry.js';

const streams = [AccessSweep, ClusterStreams, StreamAdmission, StreamOrderStore, StreamOrderTaker, StreamRegistry];
const commands = [EndStreamHandler, ShedStreamsHandler];
const hub = [FanOut, SseHealth, SseHub, SseMetrics, StreamOpener];
const log = [LogPages, LogTail];
const resume = [CatchUp, ResumePoint];
const events = [EventLists, EventReader];

/** Events over HTTP: streams, polls and lists. Loaded by the API alone. */
@Module({
  imports: [AuditModule, AuthModule, CursorModule, IdempotencyModule, MetricsModule, OutboxModule],
  // The stream first: /api/events/stream must not be taken for the id of an event.
  controllers: [EventStreamController, EventsController, SseStatsController, StreamsController],
  providers: [...commands, ...streams, ...hub, ...log, ...resume, ...events],
})
export class SseModule {}
