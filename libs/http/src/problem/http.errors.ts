import { DomainError } from '#zakops/kernel';

/** The body cannot be read at all: 400 `BAD_REQUEST`. */
export class UnreadableRequestError extends DomainError {
  constructor(detail: string, cause?: unknown) {
    super({ code: 'BAD_REQUEST', category: 'invalid_input', detail, cause });
  }
}

/** The body is larger than the limit: 413. */
export class PayloadTooLargeError extends DomainError {
  constructor(limitBytes: number) {
    super({
      code: 'PAYLOAD_TOO_LARGE',
      category: 'too_large',
      detail: `The body is larger than ${String(limitBytes)} bytes.`,
      context: { limit_bytes: limitBytes },
    });
  }
}

/** The body is not what this API reads: 415. */
export class UnsupportedMediaTypeError extends DomainError {
  constructor(detail: string) {
    super({ code: 'UNSUPPORTED_MEDIA_TYPE', category: 'invalid_input', detail });
  }
}

/** The client expects something that is not done here: 417. */
export class ExpectationFailedError extends DomainError {
  constructor() {
    super({ code: 'EXPECTATION_FAILED', category: 'invalid_input', detail: 'Of Expect only 100-continue is known.' });
  }
}

/** No route has this path: 404. */
export class RouteNotFoundError extends DomainError {
  constructor(method: string, path: string) {
    super({ code: 'NOT_FOUND', category: 'not_found', detail: `There is no ${method} ${path}.` });
  }
}

/** The request is for a host that is none of ours: 421. */
export class MisdirectedRequestError extends DomainError {
  constructor() {
    super({
      code: 'MISDIRECTED_REQUEST',
      category: 'invalid_input',
      detail: 'The request is for a host that this server does not answer for. The setting PUBLIC_HOSTS names the public ones.',
      fields: [{ pointer: 'Host', detail: 'is not a name of this server', code: 'NOT_ALLOWED' }],
    });
  }
}

/** The path exists, with other methods: 405 with `Allow`. */
export class MethodNotAllowedError extends DomainError {
  constructor(
    method: string,
    path: string,
    readonly allowed: readonly string[],
  ) {
    super({
      code: 'METHOD_NOT_ALLOWED',
      category: 'invalid_input',
      detail: `${path} does not take ${method}.`,
      context: { allowed_methods: allowed },
    });
  }
}

/** What the condition of a request names is not what is there, or nobody could compare the two: 412. */
export class PreconditionFailedError extends DomainError {
  constructor() {
    super({
      code: 'PRECONDITION_FAILED',
      category: 'precondition_failed',
      detail: 'The condition in If-Match or If-None-Match does not hold. Changes take tags only where If-Match is documented.',
    });
  }
}

/** A change that must say which version it is based on does not: 428. */
export class PreconditionRequiredError extends DomainError {
  constructor() {
    super({
      code: 'PRECONDITION_REQUIRED',
      category: 'precondition_failed',
      detail: 'This change needs If-Match with the ETag of what it changes.',
    });
  }
}

/** The request did not arrive within the limit: 408, and the connection is closed. */
export class RequestTimeoutError extends DomainError {
  constructor(what: string, limitMs: number) {
    super({
      code: 'REQUEST_TIMEOUT',
      category: 'invalid_input',
      detail: `${what} did not arrive within ${String(limitMs / 1000)} seconds.`,
      context: { limit_seconds: limitMs / 1000 },
    });
  }
}

/** There are more or larger headers than are read: 431. */
export class HeadersTooLargeError extends DomainError {
  constructor(detail: string) {
    super({ code: 'REQUEST_HEADERS_TOO_LARGE', category: 'too_large', detail });
  }
}
