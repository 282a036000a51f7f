import type { DomainError } from '#zakops/kernel';

const CHALLENGE = 'Bearer realm="zakops"';
const BEARER = /^bearer(?: |$)/i;

/**
 * The `WWW-Authenticate` of a 401: a caller that sent a bearer token learns that the token is the fault, and that asking for a login will not help.
 *
 * @param authorization - the header of the request
 * @see RFC 6750, section 3: without a token in the request there is no error code
 */
export function bearerChallenge({ code }: Pick<DomainError, 'code'>, authorization: string | undefined): string {
  return code === 'UNAUTHORIZED' && authorization !== undefined && BEARER.test(authorization)
    ? `${CHALLENGE}, error="invalid_token"`
    : CHALLENGE;
}
