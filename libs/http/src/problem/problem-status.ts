import type { DomainError, ErrorCategory } from '#zakops/kernel';
import { isProblemCode, PROBLEM_CODES } from './problem-codes.js';

/** The status of a category. Without a default branch, so that a new category does not compile until it is mapped. */
export function statusOfCategory(category: ErrorCategory): number {
  switch (category) {
    case 'invalid_input':
      return 400;
    case 'unauthenticated':
      return 401;
    case 'forbidden':
      return 403;
    case 'not_found':
      return 404;
    case 'conflict':
      return 409;
    case 'precondition_failed':
      return 412;
    case 'too_large':
      return 413;
    case 'rule_broken':
      return 422;
    case 'rate_limited':
      return 429;
    case 'internal':
      return 500;
    case 'unavailable':
      return 503;
  }
}

/** The status of an error: that of its code where the table knows it (it is finer: 415, 502, 504), else that of its category. */
export function statusOfError(error: DomainError): number {
  return isProblemCode(error.code) ? PROBLEM_CODES[error.code].status : statusOfCategory(error.category);
}

/** The title of an error: that of its code where the table knows it, else that of its category. */
export function titleOfError(error: DomainError): string {
  if (isProblemCode(error.code)) return PROBLEM_CODES[error.code].title;
  const words = error.category.replaceAll('_', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}
