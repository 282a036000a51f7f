import type { NextFunction, Request, Response } from 'express';

/** Refuses what was found wrong before the request log began. */
export function refuse(request: Request, _response: Response, next: NextFunction): void {
  next(request.notes?.refusal);
}
