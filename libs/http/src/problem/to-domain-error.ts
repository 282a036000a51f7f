import { mapDatabaseError } from '#zakops/database';
import { DomainError } from '#zakops/kernel';
import type { ErrorCategory } from '#zakops/kernel';
import { HttpException } from '@nestjs/common';
import { UnreadableRequestError } from './http.errors.js';
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
  const routed = fromRouter(thrown);
  if (routed !== undefined) return routed;
  const mapped = mapDatabaseError(thrown);
  return mapped instanceof DomainError ? mapped : new InternalError(thrown);
}

function fromHttpException(exception: HttpException): DomainError {
  const status = exception.getStatus();
  if (status >= 500 && status !== 503) return new InternalError(exception);
  const code = GENERAL_CODE.get(status) ?? 'BAD_REQUEST';
  return new DomainError({ code, category: CATEGORY_OF_STATUS[status] ?? 'invalid_input', detail: exception.message, cause: exception });
}

/** Errors of the router carry a `status`. */
function fromRouter(thrown: unknown): DomainError | undefined {
  if (!(thrown instanceof Error) || !('status' in thrown) || typeof thrown.status !== 'number') return undefined;
  if (thrown instanceof URIError)
    return new UnreadableRequestError('The path is not readable: a percent sign needs two hex digits.', thrown);
  return thrown.status >= 400 && thrown.status < 500 ? new UnreadableRequestError('The request cannot be read.', thrown) : undefined;
}
