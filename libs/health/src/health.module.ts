import { Module } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { CqrsModule } from '@nestjs/cqrs';
import { TerminusModule } from '@nestjs/terminus';
import { ComponentHistory } from './components/component-history.js';
import { DatabaseHealth } from './components/database.health.js';
import { HealthFigures } from './components/health.figures.js';
import { HealthContributors } from './components/health-contributors.js';
import { ApiHealthController } from './http/api-health.controller.js';
import { HealthController } from './http/health.controller.js';
import { SystemHealthController } from './http/system-health.controller.js';
import { VersionController } from './http/version.controller.js';
import { BuildInfoReader } from './probes/build-info.js';
import { ContributedIndicator } from './probes/contributed.indicator.js';
import { DatabaseIndicator } from './components/database.indicator.js';
import { Draining } from './probes/draining.js';
import { MigrationsIndicator } from './probes/migrations.indicator.js';
import { Readiness } from './probes/readiness.js';
import { Startup } from './probes/startup.js';
import { GetSystemHealthHandler } from './queries/get-system-health/get-system-health.handler.js';

const probes = [BuildInfoReader, ContributedIndicator, DatabaseIndicator, Draining, MigrationsIndicator, Readiness, Startup];
const components = [ComponentHistory, DatabaseHealth, HealthContributors, HealthFigures];
const queryHandlers = [GetSystemHealthHandler];

/** Probes for machines, the version, and the state of the components for operators. */
@Module({
  // Readiness logs its changes itself; Terminus would log every bad probe.
  imports: [CqrsModule, DiscoveryModule, TerminusModule.forRoot({ logger: false })],
  controllers: [HealthController, ApiHealthController, VersionController, SystemHealthController],
  providers: [...probes, ...components, ...queryHandlers],
  exports: [Draining],
})
export class HealthModule {}
