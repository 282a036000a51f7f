import { AuditModule } from '#zakops/audit';
import { Module } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import { OverrideLogLevelHandler } from './log-level/commands/override-log-level/override-log-level.handler.js';
import { RestoreLogLevelHandler } from './log-level/commands/restore-log-level/restore-log-level.handler.js';
import { ProcessesHealth } from './list/processes.health.js';
import { LogLevelController } from './log-level/http/log-level.controller.js';
import { LogLevelStore } from './log-level/persistence/log-level-store.js';
import { GetLogLevelHandler } from './log-level/queries/get-log-level/get-log-level.handler.js';
import { ProcessLookup } from './lookup/process.lookup.js';
import { ProcessListMetrics } from './metrics/process-list.metrics.js';

const commandHandlers = [OverrideLogLevelHandler, RestoreLogLevelHandler];
const queryHandlers = [GetLogLevelHandler];

/** The level of logs over HTTP, and the metrics and health of all processes. Loaded by the API alone. */
@Module({
  imports: [AuditModule, CqrsModule],
  controllers: [LogLevelController],
  providers: [LogLevelStore, ProcessesHealth, ProcessListMetrics, ProcessLookup, ...commandHandlers, ...queryHandlers],
})
export class ProcessesHttpModule {}
