import { CursorModule } from '#zakops/auth';
import { IdempotencyModule } from '#zakops/idempotency';
import { Module } from '@nestjs/common';
import { APP_INTERCEPTOR } from '@nestjs/core';
import { CqrsModule } from '@nestjs/cqrs';
import { PausesModule } from '../pause-admin/pauses.module.js';
import { OutboxPausesController } from './outbox-pauses.controller.js';
import { PausedHeaderInterceptor } from './paused-header.interceptor.js';

/** Pauses of deliveries over HTTP, and the header that says what is paused. */
@Module({
  imports: [CqrsModule, CursorModule, IdempotencyModule, PausesModule],
  controllers: [OutboxPausesController],
  providers: [{ provide: APP_INTERCEPTOR, useClass: PausedHeaderInterceptor }],
})
export class PausesHttpModule {}
