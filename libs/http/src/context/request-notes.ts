import type { DomainError } from '#zakops/kernel';
import type { IncomingMessage } from 'node:http';
import type { Translation } from './translation.js';

declare module 'http' {
  interface IncomingMessage {
    /** What the ground rules found out about this request; undefined while there is nothing to note. */
    notes?: RequestNotes;
  }
}

/** What one ground rule finds out about a request, and a later one acts on. */
export interface RequestNotes {
  /** Why the request is refused, once its line of the log has begun and its headers are set. */
  refusal?: DomainError;
  /** The path was sent in another spelling than `requestPath` gives. */
  isRespelled?: boolean;
  /** The client holds its body back until it is asked to continue. */
  holdsBodyBack?: boolean;
  /** The answer shows a secret once. */
  hasSecretAnswer?: boolean;
  /** What the tag of the answer covers, when that is less than its body; `isWeak` says so in the tag. */
  tagCovers?: { readonly text: string; readonly isWeak: boolean };
  /** The form in which the caller speaks, when it is not the usual one. */
  translation?: Translation;
  /** Ends the span of the request. */
  endSpan?: () => void;
}

/** The notes of a request, to be written. */
export function notesOf(request: IncomingMessage): RequestNotes {
  return (request.notes ??= {});
}

/** Notes why a request will be refused. The first reason stays. */
export function refuseLater(request: IncomingMessage, error: DomainError): void {
  notesOf(request).refusal ??= error;
}
