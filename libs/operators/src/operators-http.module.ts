import { AuthModule, CursorModule } from '#zakops/auth';
import { IdempotencyModule } from '#zakops/idempotency';
import { RateLimitModule } from '#zakops/rate-limit';
import { Module } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import { AccountLimit } from './http/account-limit.js';
import { AccountController } from './http/account.controller.js';
import { ApiKeysController } from './http/api-keys.controller.js';
import { LoginController } from './http/login.controller.js';
import { OperatorAccessController } from './http/operator-access.controller.js';
import { OperatorsController } from './http/operators.controller.js';
import { SessionsController } from './http/sessions.controller.js';
import { OperatorLookup } from './lookup/operator.lookup.js';
import { OperatorsModule } from './operators.module.js';

/** Operators over HTTP. */
@Module({
  imports: [AuthModule, CqrsModule, CursorModule, IdempotencyModule, OperatorsModule, RateLimitModule],
  controllers: [LoginController, AccountController, SessionsController, ApiKeysController, OperatorsController, OperatorAccessController],
  providers: [AccountLimit, OperatorLookup],
})
export class OperatorsHttpModule {}
