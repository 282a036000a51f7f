import type { NextFunction, Request, Response } from 'express';
import { refusalOf } from './refusal.js';

/** Refuses what was found wrong before the request log began. */
export function refuse(request: Request, _response: Response, next: NextFunction): void {
  next(refusalOf(request));
}
