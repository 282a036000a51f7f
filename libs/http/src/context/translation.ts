import type { DomainError } from '#zakops/kernel';
import type { Request, Response } from 'express';

/** Another form of requests and answers, which a middleware chose for one request. Controllers see and give the usual form only. */
export interface Translation {
  /** Brings a request whose body was read, if it has one, into the usual form. */
  readRequest(request: Request): void;
  /** Brings an answer into the other form. @param body - JSON values */
  writeAnswer(response: Response, body: unknown): unknown;
  /** The error for a path that no route serves; undefined for the usual one. */
  missingRoute(request: Request): DomainError | undefined;
}
