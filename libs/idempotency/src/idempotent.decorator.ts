import { UseInterceptors } from '@nestjs/common';
import { IdempotencyInterceptor } from './idempotency.interceptor.js';

/**
 * Lets a POST or PATCH with an `Idempotency-Key` take effect once. The controller's module imports IdempotencyModule.
 *
 * @remarks A mark of the route and no global interceptor, because an interceptor costs every read about a sixth of its time. IdempotentRoutes
 * stops the start when a route lacks it.
 */
export function Idempotent(): MethodDecorator {
  return UseInterceptors(IdempotencyInterceptor);
}
