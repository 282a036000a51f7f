import { AuditModule } from '#zakops/audit';
import { Module } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import { OverrideLogLevelHandler } from './log-level/commands/override-log-level/override-log-level.handler.js';
import { RestoreLogLevelHandler } from './log-level/commands/restore-log-level/restore-log-level.handler.js';
import { LogLevelController } from './log-level/http/log-level.controller.js';
import { LogLevelStore } from './log-level/persistence/log-level-store.js';
import { GetLogLevelHandler } from './log-level/queries/get-log-level/get-log-level.handler.js';

const commandHandlers = [OverrideLogLevelHandler, RestoreLogLevelHandler];
const queryHandlers = [GetLogLevelHandler];

/** The level of logs over HTTP. For the API; needs {@link ProcessesModule}. */
@Module({
  imports: [AuditModule, CqrsModule],
  controllers: [LogLevelController],
  providers: [LogLevelStore, ...commandHandlers, ...queryHandlers],
})
export class ProcessesHttpModule {}
