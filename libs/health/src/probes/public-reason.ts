import { DomainError, NoAnswerError } from '#zakops/kernel';

/** Why something failed, in words that anybody may read. */
export function publicReason(error: unknown): string {
  if (error instanceof NoAnswerError) return error.message;
  return error instanceof DomainError ? error.detail : 'The check failed; the log says why.';
}
