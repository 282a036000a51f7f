import { createParamDecorator } from '@nestjs/common';
import type { ExecutionContext } from '@nestjs/common';
import { ApiHeader } from '@nestjs/swagger';
import type { Request } from 'express';
import { PreconditionRequiredError } from '../problem/http.errors.js';
import { acceptedVersions } from './entity-tag.js';

/** The setting of the Express application that says whether a PATCH must name the version that it is based on. */
export const REQUIRE_IF_MATCH = 'zakops require if-match';

const read = createParamDecorator((_: unknown, context: ExecutionContext): readonly number[] | undefined => {
  const request = context.switchToHttp().getRequest<Request>();
  const header = request.headers['if-match'];
  if (header === undefined && request.method === 'PATCH' && request.app.get(REQUIRE_IF_MATCH) === true)
    throw new PreconditionRequiredError();
  return acceptedVersions(header);
});

const document = ApiHeader({
  name: 'If-Match',
  required: false,
  description:
    'The `ETag` that you know; 412 when it is not the present one. A PATCH without it is answered with 428 if the server is set so.',
}) as MethodDecorator;

/**
 * Gives a handler the versions that its caller accepts (`If-Match`), undefined when any will do, and documents the header. Every PATCH
 * takes it.
 *
 * @throws PreconditionRequiredError for a PATCH without the header while `REQUIRE_IF_MATCH` is set
 */
export function IfMatch(): ParameterDecorator {
  return (target, property, index) => {
    read()(target, property, index);
    const descriptor = property === undefined ? undefined : Object.getOwnPropertyDescriptor(target, property);
    if (property !== undefined && descriptor !== undefined) document(target, property, descriptor);
  };
}

/** The header that answers with a version carry, for `@ApiOkResponse({ headers: ETAG_HEADER, ... })`. */
export const ETAG_HEADER = {
  ETag: { description: 'The version, for `If-Match`.', required: true, schema: { type: 'string' } },
} as const;
