import { CursorModule } from '#zakops/auth';
import { IdempotencyModule } from '#zakops/idempotency';
import { Module } from '@nestjs/common';
import type { DynamicModule, Type } from '@nestjs/common';
import { ActionQuarantineController } from './http/action-quarantine.controller.js';
import { QuarantineDecisionsController } from './http/quarantine-decisions.controller.js';
import { QuarantineController } from './http/quarantine.controller.js';
import { QuarantineQueue } from './http/quarantine-queue.js';
import { SendersController } from './http/senders.controller.js';
import { QuarantineModule } from './quarantine.module.js';

/** Mail and its senders over HTTP. */
@Module({})
export class QuarantineHttpModule {
  /** @param deals - the module that exports `DealIntake` */
  static with(deals: Type): DynamicModule {
    return {
      module: QuarantineHttpModule,
      imports: [CursorModule, QuarantineModule.with(deals), IdempotencyModule],
      providers: [QuarantineQueue],
      controllers: [QuarantineController, QuarantineDecisionsController, ActionQuarantineController, SendersController],
    };
  }
}
