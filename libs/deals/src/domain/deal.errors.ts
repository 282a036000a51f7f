import { DomainError } from '#zakops/kernel';
import type { MoveBlocker } from './move-guard.js';

/** There is no such deal, or it was deleted. */
export class DealNotFoundError extends DomainError {
  constructor(dealId: string) {
    super({ code: 'DEAL_NOT_FOUND', category: 'not_found', detail: `There is no deal ${dealId}.`, context: { deal_id: dealId } });
  }
}

/** The stage machine has no such move. `context.allowed_stages` lists those it has. */
export class InvalidStageTransitionError extends DomainError {
  constructor(dealId: string, from: string, to: string, allowed: readonly string[]) {
    const choice = allowed.length === 0 ? 'It cannot move any more.' : `It may move to ${allowed.join(', ')}.`;
    super({
      code: 'INVALID_STAGE_TRANSITION',
      category: 'rule_broken',
      detail: `Deal ${dealId} cannot move from ${from} to ${to}. ${choice}`,
      context: { deal_id: dealId, current_stage: from, requested_stage: to, allowed_stages: allowed },
    });
  }
}

/** A deal cannot begin at its end. */
export class DealOpenedAtEndError extends DomainError {
  constructor(stage: string, allowed: readonly string[]) {
    super({
      code: 'INVALID_STAGE_TRANSITION',
      category: 'rule_broken',
      detail: `A deal cannot be opened in stage ${stage}. It may be opened in ${allowed.join(', ')}.`,
      context: { requested_stage: stage, allowed_stages: allowed },
      fields: [{ pointer: '/stage', detail: 'must not be a final stage', code: 'INVALID_STAGE' }],
    });
  }
}

/** An update tried to change the stage, past the rules of the stage machine. */
export class StageNotEditableError extends DomainError {
  constructor(dealId: string, allowed: readonly string[]) {
    super({
      code: 'INVALID_STAGE_TRANSITION',
      category: 'rule_broken',
      detail: `The stage of a deal is not changed by an update; use POST /api/deals/${dealId}/transition.`,
      context: { deal_id: dealId, transition: `/api/deals/${dealId}/transition`, allowed_stages: allowed },
      fields: [{ pointer: '/stage', detail: 'is changed by the transition endpoint only', code: 'NOT_EDITABLE' }],
    });
  }
}

/** The deal is not in the state that the caller has read. */
export class DealPreconditionError extends DomainError {
  constructor(dealId: string, currentVersion: number) {
    super({
      code: 'PRECONDITION_FAILED',
      category: 'precondition_failed',
      detail: `Deal ${dealId} has changed since it was read; read it again.`,
      context: { deal_id: dealId, current_version: currentVersion },
    });
  }
}

/** Another move of the same deal came first. */
export class DealMovedMeanwhileError extends DomainError {
  constructor(dealId: string, currentStage: string) {
    super({
      code: 'CONFLICT',
      category: 'conflict',
      detail: `Somebody else moved deal ${dealId} at the same moment; it is in ${currentStage} now.`,
      context: { deal_id: dealId, current_stage: currentStage },
    });
  }
}

/** A key that belongs to one move was sent with another. */
export class MoveKeyReusedError extends DomainError {
  constructor(dealId: string, firstStage: string, requestedStage: string) {
    super({
      code: 'RULE_BROKEN',
      category: 'rule_broken',
      detail: `This idempotency key was used to move deal ${dealId} to ${firstStage}; it cannot stand for a move to ${requestedStage}.`,
      context: { deal_id: dealId, first_stage: firstStage, requested_stage: requestedStage },
    });
  }
}

/** The deal has this alias already. */
export class DuplicateAliasError extends DomainError {
  constructor(dealId: string, alias: string, aliasType: string) {
    super({
      code: 'CONFLICT',
      category: 'conflict',
      detail: `Deal ${dealId} has this alias already.`,
      context: { deal_id: dealId, alias, alias_type: aliasType },
    });
  }
}

/** The deal has no such alias. */
export class AliasNotFoundError extends DomainError {
  constructor(dealId: string, aliasId: string) {
    super({
      code: 'NOT_FOUND',
      category: 'not_found',
      detail: `Deal ${dealId} has no alias ${aliasId}.`,
      context: { deal_id: dealId, alias_id: aliasId },
    });
  }
}

/** The deal was merged into another one and cannot be changed. `context.merged_into` names the deal that goes on. */
export class DealMergedError extends DomainError {
  constructor(dealId: string, survivor: string) {
    super({
      code: 'DEAL_MERGED',
      category: 'conflict',
      detail: `Deal ${dealId} was merged into ${survivor}; change that one.`,
      context: { deal_id: dealId, merged_into: survivor },
    });
  }
}

/** The deal is read at another address now: 301 with its `Location`. */
export class DealReplacedError extends DomainError {
  constructor(dealId: string, survivor: string) {
    super({
      code: 'DEAL_REPLACED',
      category: 'not_found',
      detail: `Deal ${dealId} was merged into ${survivor}.`,
      context: { deal_id: dealId, merged_into: survivor },
      location: `/api/deals/${survivor}`,
    });
  }
}

/** A deal cannot be merged into itself. */
export class MergeIntoItselfError extends DomainError {
  constructor(dealId: string) {
    super({
      code: 'RULE_BROKEN',
      category: 'rule_broken',
      detail: `Deal ${dealId} cannot be merged into itself.`,
      context: { deal_id: dealId },
      fields: [{ pointer: '/into', detail: 'must be another deal', code: 'SAME_DEAL' }],
    });
  }
}

/** Only a merge gives a deal the status `merged`. */
export class StatusNotEditableError extends DomainError {
  constructor(dealId: string) {
    super({
      code: 'RULE_BROKEN',
      category: 'rule_broken',
      detail: `Deal ${dealId} becomes merged by POST /api/deals/${dealId}/merge only.`,
      context: { deal_id: dealId },
      fields: [{ pointer: '/status', detail: 'is set by the merge endpoint only', code: 'NOT_EDITABLE' }],
    });
  }
}

/** Guards hold the deal back. `context.blocked_by` lists them. */
export class MoveBlockedError extends DomainError {
  constructor(dealId: string, toStage: string, blockers: readonly MoveBlocker[]) {
    super({
      code: 'MOVE_BLOCKED',
      category: 'rule_broken',
      detail: `Deal ${dealId} cannot move to ${toStage} yet. ${blockers.map(({ message }) => message).join(' ')}`,
      context: {
        deal_id: dealId,
        requested_stage: toStage,
        blocked_by: blockers.map(({ guardId, rule, message, fields }) => ({ guard_id: guardId, rule, message, fields })),
      },
    });
  }
}

/** A reason for an outcome was given with a stage that does not take it. */
export class OutcomeNotFittingError extends DomainError {
  constructor(stage: string, reason: string) {
    super({
      code: 'RULE_BROKEN',
      category: 'rule_broken',
      detail: `The outcome ${reason} does not fit the stage ${stage}.`,
      context: { requested_stage: stage },
      fields: [{ pointer: '/outcome_reason', detail: `does not fit the stage ${stage}`, code: 'NOT_FITTING' }],
    });
  }
}

/** `REQUIRE_OUTCOME_REASON` is on, and the move to an end gives no reason. */
export class OutcomeReasonRequiredError extends DomainError {
  constructor(stage: string, reasons: readonly string[]) {
    super({
      code: 'RULE_BROKEN',
      category: 'rule_broken',
      detail: `A move to ${stage} needs a reason for the outcome: ${reasons.join(', ')}.`,
      context: { requested_stage: stage, outcome_reasons: reasons },
      fields: [{ pointer: '/outcome_reason', detail: `is required for ${stage}`, code: 'REQUIRED' }],
    });
  }
}

/** The deal would have more aliases than it may have. */
export class TooManyAliasesError extends DomainError {
  constructor(dealId: string, limit: number) {
    super({
      code: 'RULE_BROKEN',
      category: 'rule_broken',
      detail: `Deal ${dealId} may not have more than ${String(limit)} aliases.`,
      context: { deal_id: dealId, limit },
    });
  }
}

/** An approval of mail cannot be undone: somebody has changed the deal since. */
export class DealChangedSinceMailError extends DomainError {
  constructor(dealId: string, version: number, currentVersion: number) {
    super({
      code: 'CONFLICT',
      category: 'conflict',
      detail: `Deal ${dealId} has changed since the mail was approved, so the approval cannot be undone.`,
      context: { deal_id: dealId, version, current_version: currentVersion },
    });
  }
}

/** A snooze must end today or within a year. */
export class SnoozeDateError extends DomainError {
  constructor(until: string, today: string) {
    super({
      code: 'RULE_BROKEN',
      category: 'rule_broken',
      detail: `A snooze ends today (${today}, UTC) or within a year, and not on ${until}.`,
      fields: [{ pointer: '/until', detail: 'must be today or within a year', code: 'OUT_OF_RANGE' }],
    });
  }
}
