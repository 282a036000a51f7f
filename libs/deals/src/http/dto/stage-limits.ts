import { IntegerField } from '#zakops/http';
import type { StageLimits } from '../../views/stage-limits.js';

const DAYS = { min: 1, max: 3_650 } as const;

/** What `PUT /api/pipeline/stage-limits` takes: the stages to change. */
export class StageLimitsRequest {
  @IntegerField({ ...DAYS, optional: true, example: 14 })
  inbound?: number;

  @IntegerField({ ...DAYS, optional: true })
  initial_review?: number;

  @IntegerField({ ...DAYS, optional: true })
  due_diligence?: number;

  @IntegerField({ ...DAYS, optional: true })
  negotiation?: number;

  @IntegerField({ ...DAYS, optional: true })
  documentation?: number;

  @IntegerField({ ...DAYS, optional: true })
  closing?: number;
}

/** Days after which a deal in a stage is stuck. */
export class StageLimitsResponse {
  @IntegerField({ ...DAYS, example: 30 })
  inbound!: number;

  @IntegerField(DAYS)
  initial_review!: number;

  @IntegerField(DAYS)
  due_diligence!: number;

  @IntegerField(DAYS)
  negotiation!: number;

  @IntegerField(DAYS)
  documentation!: number;

  @IntegerField(DAYS)
  closing!: number;
}

/** The stages that a request names. */
export function toDays(request: StageLimitsRequest): Readonly<Record<string, number>> {
  return Object.fromEntries(Object.entries(request).filter((entry): entry is [string, number] => entry[1] !== undefined));
}

/** From the view to the wire. */
export function toStageLimitsResponse({ days }: StageLimits): StageLimitsResponse {
  return { ...days } as unknown as StageLimitsResponse;
}
