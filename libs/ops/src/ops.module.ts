import { AuthModule } from '#zakops/auth';
import { OutboxModule } from '#zakops/outbox';
import { AccessSweep, SseConfig, StreamRegistry } from '#zakops/sse';
import { Module } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { CqrsModule } from '@nestjs/cqrs';
import { OpsController } from './http/ops.controller.js';
import { TimeseriesController } from './http/timeseries.controller.js';
import { HttpRatesSnapshot } from './snapshot/http-rates.snapshot.js';
import { OpsSnapshots } from './snapshot/ops-snapshot.js';
import { SnapshotContributors } from './snapshot/snapshot-contributors.js';
import { OpsHub } from './stream/ops-hub.js';
import { OpsAdmission, OpsStreams } from './stream/ops-streams.js';
import { AuditedChangesReader } from './timeseries/audited-changes.reader.js';
import { GetTimeseriesHandler } from './timeseries/get-timeseries.handler.js';
import { TimeseriesReader } from './timeseries/timeseries.reader.js';

const timeseries = [AuditedChangesReader, GetTimeseriesHandler, TimeseriesReader];
const snapshot = [HttpRatesSnapshot, OpsSnapshots, SnapshotContributors];
// A sweep of its own: that of the event streams does not know these.
const streams = [
  AccessSweep,
  OpsAdmission,
  OpsHub,
  {
    provide: OpsStreams,
    useFactory: (admission: OpsAdmission, config: SseConfig): OpsStreams => new OpsStreams(admission, config),
    inject: [OpsAdmission, SseConfig],
  },
  { provide: StreamRegistry, useExisting: OpsStreams },
];

/** Operations at a glance: figures with their past, the snapshot and its stream. Loaded by the API alone. */
@Module({
  imports: [AuthModule, CqrsModule, DiscoveryModule, OutboxModule],
  controllers: [OpsController, TimeseriesController],
  providers: [...timeseries, ...snapshot, ...streams],
})
export class OpsModule {}
