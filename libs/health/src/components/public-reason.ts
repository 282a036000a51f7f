import { DomainError, NoAnswerError } from '#zakops/kernel';

/** Why a check failed, without internals: callers who are not logged in read it. */
export function publicReason(error: unknown): string {
  if (error instanceof NoAnswerError) return error.message;
  return error instanceof DomainError ? error.detail : 'The check failed; the log says why.';
}
