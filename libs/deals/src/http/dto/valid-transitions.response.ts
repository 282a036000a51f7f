import { DEAL_STAGES } from '#zakops/contracts';
import { ArrayField, enumRule, StringField } from '#zakops/http';
import type { AllowedMovesView } from '../../queries/get-allowed-moves/get-allowed-moves.query.js';

/** Where a deal may go. */
export class ValidTransitionsResponse {
  @StringField({ example: 'DEAL-000001' })
  deal_id!: string;

  @StringField({ example: 'inbound' })
  current_stage!: string;

  @ArrayField(enumRule(DEAL_STAGES, 'DealStage'))
  valid_transitions!: string[];
}

/** From the view to the wire. */
export function toValidTransitionsResponse(view: AllowedMovesView): ValidTransitionsResponse {
  return { deal_id: view.dealId, current_stage: view.currentStage, valid_transitions: [...view.allowedStages] };
}
