import { toETag } from '#zakops/http';
import type { Response } from 'express';
import type { DealSnapshot } from '../domain/deal-snapshot.js';
import { toDealDetailResponse } from './dto/deal.response.js';
import type { DealDetailResponse } from './dto/deal.response.js';

/** Answers with one deal and its version. */
export function showDeal(deal: DealSnapshot, response: Response): DealDetailResponse {
  response.setHeader('ETag', toETag(deal.version));
  return toDealDetailResponse(deal);
}
