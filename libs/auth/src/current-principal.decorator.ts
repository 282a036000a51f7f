import { createParamDecorator } from '@nestjs/common';
import type { ExecutionContext } from '@nestjs/common';
import type { Request } from 'express';
import { UnauthenticatedError } from './auth.errors.js';
import type { Principal } from './principal.js';

/**
 * Gives a handler the principal of its request.
 *
 * @throws UnauthenticatedError on a public route
 */
export const CurrentPrincipal = createParamDecorator((_: unknown, context: ExecutionContext): Principal => {
  const { principal } = context.switchToHttp().getRequest<Request>();
  if (principal === undefined) throw new UnauthenticatedError();
  return principal;
});

/** Gives a handler of a `@Public({ identify: true })` route the principal of its request, or undefined. */
export const OptionalPrincipal = createParamDecorator(
  (_: unknown, context: ExecutionContext): Principal | undefined => context.switchToHttp().getRequest<Request>().principal,
);
