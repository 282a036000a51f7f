import { CursorModule } from '#zakops/auth';
import { IdempotencyModule } from '#zakops/idempotency';
import { Module } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import { EventLookup } from '../lookup/event.lookup.js';
import { ReplaysModule } from '../replay-admin/replays.module.js';
import { ReplaysController } from './replays.controller.js';

/** Replays over HTTP, and what the lookup knows of events and replays. */
@Module({
  imports: [CqrsModule, CursorModule, IdempotencyModule, ReplaysModule],
  controllers: [ReplaysController],
  providers: [EventLookup],
})
export class ReplaysHttpModule {}
