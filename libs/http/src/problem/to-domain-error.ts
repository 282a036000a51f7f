import { mapDatabaseError } from '#zakops/database';
import { DomainError } from '#zakops/kernel';
import type { ErrorCategory } from '#zakops/kernel';
import { HttpException } from '@nestjs/common';
import { PayloadTooLargeError, UnreadableRequestError, UnsupportedMediaTypeError } from './http.errors.js';
import { PROBLEM_CODES } from './problem-codes.js';
import type { ProblemCode } from './problem-codes.js';

const CATEGORY_OF_STATUS: Readonly<Record<number, ErrorCategory>> = {
  401: 'unauthenticated',
  403: 'forbidden',
  404: 'not_found',
  409: 'conflict',
  412: 'precondition_failed',
  413: 'too_large',
  422: 'rule_broken',
  429: 'rate_limited',
  502: 'unavailable',
  503: 'unavailable',
  504: 'unavailable',
};

// The general code of a status: the first that the table lists for it, except where that one is narrower than the status.
const GENERAL_CODE: ReadonlyMap<number, ProblemCode> = new Map<number, ProblemCode>([
  ...(Object.keys(PROBLEM_CODES) as ProblemCode[]).map((code): [number, ProblemCode] => [PROBLEM_CODES[code].status, code]).reverse(),
  [400, 'BAD_REQUEST'],
  [422, 'RULE_BROKEN'],
]);

/** What went wrong inside when nothing better is known: the cause goes to the log, and only this sentence out. */
export class InternalError extends DomainError {
  constructor(cause: unknown) {
    super({
      code: 'INTERNAL_ERROR',
      category: 'internal',
      detail: 'Something went wrong inside. The log has the cause under this trace id.',
      cause,
    });
  }
}

/** Turns anything that was thrown into an error with a code. */
export function toDomainError(thrown: unknown): DomainError {
  if (thrown instanceof DomainError) return thrown;
  if (thrown instanceof HttpException) return fromHttpException(thrown);
  const fromParser = fromBodyParser(thrown);
  if (fromParser !== undefined) return fromParser;
  const mapped = mapDatabaseError(thrown);
  return mapped instanceof DomainError ? mapped : new InternalError(thrown);
}

function fromHttpException(exception: HttpException): DomainError {
  const status = exception.getStatus();
  if (status >= 500 && status !== 503) return new InternalError(exception);
  const code = GENERAL_CODE.get(status) ?? 'BAD_REQUEST';
  return new DomainError({ code, category: CATEGORY_OF_STATUS[status] ?? 'invalid_input', detail: exception.message, cause: exception });
}

/** Errors of body-parser carry a `status`, and often a `type`. */
function fromBodyParser(thrown: unknown): DomainError | undefined {
  if (!(thrown instanceof Error) || !('status' in thrown) || typeof thrown.status !== 'number') return undefined;
  const type = 'type' in thrown ? thrown.type : undefined;
  if (thrown.status === 413) return new PayloadTooLargeError('limit' in thrown ? Number(thrown.limit) : 0);
  if (thrown.status === 415)
    return new UnsupportedMediaTypeError('The body must be UTF-8 JSON, plain or compressed by gzip, deflate or br.');
  if (type === 'entity.parse.failed') return new UnreadableRequestError('The body is not valid JSON.', thrown);
  // Our own check. Without its cause, which carries the body.
  if (type === 'entity.verify.failed') return new UnreadableRequestError('The body is not valid UTF-8.');
  if (thrown instanceof URIError)
    return new UnreadableRequestError('The path is not readable: a percent sign needs two hex digits.', thrown);
  return thrown.status >= 400 && thrown.status < 500 ? new UnreadableRequestError('The request cannot be read.', thrown) : undefined;
}
