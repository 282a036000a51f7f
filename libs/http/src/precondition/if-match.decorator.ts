import type { AcceptedVersions } from '#zakops/kernel';
import { createParamDecorator } from '@nestjs/common';
import type { ExecutionContext } from '@nestjs/common';
import { ApiHeader } from '@nestjs/swagger';
import type { Request } from 'express';
import { PreconditionRequiredError } from '../problem/http.errors.js';
import { acceptedVersions } from './accepted-versions.js';

/** The setting of the Express application that says whether a PATCH must name the version that it is based on. */
export const REQUIRE_IF_MATCH = 'zakops require if-match';

const TAKES_CONDITIONS = 'zakops:takes-conditions';

const read = createParamDecorator((_: unknown, context: ExecutionContext): AcceptedVersions | undefined => {
  const { app, headers, method } = context.switchToHttp().getRequest<Request>();
  if (headers['if-match'] === undefined && method === 'PATCH' && app.get(REQUIRE_IF_MATCH) === true) throw new PreconditionRequiredError();
  return acceptedVersions(headers);
});

const document = ApiHeader({
  name: 'If-Match',
  required: false,
  description:
    'The `ETag` that you know; 412 when the version in it is not the present one. A PATCH without it is answered with 428 if the server is set so.',
}) as MethodDecorator;

/**
 * Gives a handler the versions that its caller accepts (`If-Match`, `If-None-Match`), undefined when any will do, and documents the header.
 * Every PATCH takes it.
 *
 * @throws PreconditionRequiredError for a PATCH without `If-Match` while `REQUIRE_IF_MATCH` is set
 */
export function IfMatch(): ParameterDecorator {
  return (target, property, index) => {
    read()(target, property, index);
    const descriptor = property === undefined ? undefined : Object.getOwnPropertyDescriptor(target, property);
    if (property === undefined || descriptor === undefined) return;
    document(target, property, descriptor);
    Reflect.defineMetadata(TAKES_CONDITIONS, true, descriptor.value as object);
  };
}

/** True for a handler that judges the conditions of a change itself. */
export function takesConditions(handler: object): boolean {
  return Reflect.getMetadata(TAKES_CONDITIONS, handler) === true;
}

/** The header that answers with a version carry, for `@ApiOkResponse({ headers: ETAG_HEADER, ... })`. */
export const ETAG_HEADER = {
  ETag: { description: 'For `If-Match`: the version, and a digest of this body.', required: true, schema: { type: 'string' } },
} as const;
