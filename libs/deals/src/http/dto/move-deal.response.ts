import { BooleanField, DateTimeField, StringField } from '#zakops/http';
import type { MovedDeal } from '../../commands/move-deal/move-deal.command.js';

/** The result of a move. */
export class MoveDealResponse {
  @StringField({ example: 'DEAL-000001' })
  deal_id!: string;

  @StringField({ example: 'inbound' })
  from_stage!: string;

  @StringField({ example: 'initial_review' })
  to_stage!: string;

  @BooleanField()
  success!: boolean;

  @DateTimeField({ description: 'When the deal entered the stage.' })
  timestamp!: string;

  @BooleanField({ description: 'True when this call changed nothing: the deal was there already, or the key was used before.' })
  idempotent_hit!: boolean;
}

/** From the result to the wire. */
export function toMoveDealResponse(moved: MovedDeal): MoveDealResponse {
  return {
    deal_id: moved.dealId,
    from_stage: moved.fromStage,
    to_stage: moved.toStage,
    success: true,
    timestamp: moved.movedAt.toISOString(),
    idempotent_hit: moved.idempotentHit,
  };
}
