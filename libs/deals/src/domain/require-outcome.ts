import type { StageMove } from './deal.js';
import { OutcomeReasonRequiredError } from './deal.errors.js';
import { outcomeReasonsOf } from './deal-stage-machine.js';

/**
 * Makes sure that a move to an outcome says why, where the operator wants that.
 *
 * @throws OutcomeReasonRequiredError
 */
export function requireOutcome({ toStage, outcome }: StageMove): void {
  const reasons = outcomeReasonsOf(toStage);
  if (outcome === null && reasons.length > 0) throw new OutcomeReasonRequiredError(toStage, reasons);
}
