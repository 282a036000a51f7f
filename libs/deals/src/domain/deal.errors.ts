import { DomainError } from '#zakops/kernel';

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
