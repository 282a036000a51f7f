import { AuditModule } from '#zakops/audit';
import { Module } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import { OutboxModule } from '../outbox.module.js';
import { CancelReplayHandler } from './cancel-replay/cancel-replay.handler.js';
import { GetReplayHandler } from './get-replay/get-replay.handler.js';
import { ListReplaysHandler } from './list-replays/list-replays.handler.js';
import { PreviewReplayHandler } from './preview-replay/preview-replay.handler.js';
import { ReplayAdminStore } from './replay-admin.store.js';
import { ReplayReader } from './replay.reader.js';
import { StartReplayHandler } from './start-replay/start-replay.handler.js';

const commandHandlers = [CancelReplayHandler, StartReplayHandler];
const queryHandlers = [GetReplayHandler, ListReplaysHandler, PreviewReplayHandler];

/** Replays of history to one consumer: to preview, start, follow and cancel them. The worker carries them out. */
@Module({
  imports: [AuditModule, CqrsModule, OutboxModule],
  providers: [...commandHandlers, ...queryHandlers, ReplayAdminStore, ReplayReader],
})
export class ReplaysModule {}
