import { AuthModule, CursorModule } from '#zakops/auth';
import { MetricsModule } from '#zakops/metrics';
import { OutboxModule } from '#zakops/outbox';
import { Module } from '@nestjs/common';
import { EventQueries } from './events/event-queries.js';
import { EventReader } from './events/event-reader.js';
import { EventStreamController } from './http/event-stream.controller.js';
import { EventsController } from './http/events.controller.js';
import { SseStatsController } from './http/sse-stats.controller.js';
import { AccessSweep } from './hub/access-sweep.js';
import { LogTail } from './hub/log-tail.js';
import { SseHub } from './hub/sse-hub.js';
import { SseHealth } from './hub/sse.health.js';
import { SseMetrics } from './hub/sse.metrics.js';
import { StreamAdmission } from './hub/stream-admission.js';
import { StreamFigures } from './hub/stream-figures.js';
import { StreamOpener } from './hub/stream-opener.js';
import { CatchUp } from './resume/catch-up.js';
import { LogPages } from './resume/log-pages.js';
import { ResumePoint } from './resume/resume-point.js';

const hub = [AccessSweep, LogTail, SseHealth, SseHub, SseMetrics, StreamAdmission, StreamFigures, StreamOpener];
const replay = [CatchUp, LogPages, ResumePoint];
const reading = [EventQueries, EventReader];

/** Events over HTTP: streams, polls and lists. For the API; needs {@link SseConfig} among the loaded settings. */
@Module({
  imports: [AuthModule, CursorModule, MetricsModule, OutboxModule],
  // The stream first: /api/events/stream must not be taken for the id of an event.
  controllers: [EventStreamController, EventsController, SseStatsController],
  providers: [...hub, ...replay, ...reading],
  exports: [SseHub, StreamAdmission],
})
export class SseModule {}
