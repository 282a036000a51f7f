import { AuditModule } from '#zakops/audit';
import { Module } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import { PauseReader } from '../pauses/pause.reader.js';
import { PauseStore } from '../pauses/pause.store.js';
import { ChangePauseEndHandler } from './change-pause-end/change-pause-end.handler.js';
import { ListPausesHandler } from './list-pauses/list-pauses.handler.js';
import { PauseDeliveriesHandler } from './pause-deliveries/pause-deliveries.handler.js';
import { ResumeDeliveriesHandler } from './resume-deliveries/resume-deliveries.handler.js';

const commandHandlers = [ChangePauseEndHandler, PauseDeliveriesHandler, ResumeDeliveriesHandler];

/** Pauses of deliveries: to begin, change, end and list them. */
@Module({
  imports: [AuditModule, CqrsModule],
  providers: [...commandHandlers, ListPausesHandler, PauseReader, PauseStore],
  exports: [PauseReader],
})
export class PausesModule {}
