import { UnitOfWork } from '#zakops/database';
import { QueryHandler } from '@nestjs/cqrs';
import type { IQueryHandler } from '@nestjs/cqrs';
import { DealsConfig } from '../../deals.config.js';
import { InvalidStageTransitionError } from '../../domain/deal.errors.js';
import type { MoveBlocker } from '../../domain/move-guard.js';
import { requireOutcome } from '../../domain/require-outcome.js';
import { DealRepository } from '../../persistence/deal.repository.js';
import { GuardStore } from '../../persistence/guard.store.js';
import { PreviewMove } from './preview-move.query.js';
import type { MovePreview } from './preview-move.query.js';

@QueryHandler(PreviewMove)
export class PreviewMoveHandler implements IQueryHandler<PreviewMove> {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly deals: DealRepository,
    private readonly guards: GuardStore,
    private readonly config: DealsConfig,
  ) {}

  async execute({ dealId, newStage, outcome, acceptedVersions }: PreviewMove): Promise<MovePreview> {
    return this.unitOfWork.runReading(async (tx) => {
      const [deal, guards] = await Promise.all([this.deals.peek(tx, dealId), this.guards.ofMove(tx, dealId, newStage)]);
      deal.requireVersion(acceptedVersions);
      const fromStage = deal.stage;
      const cancels = deal.standing.snoozedUntil === null ? [] : ['snooze'];
      const blockers: MoveBlocker[] = [...deal.blockersOf(newStage, guards)];
      try {
        // The real verb on a copy that is thrown away, so that the preview refuses and records what the move would.
        const move = deal.moveTo(newStage, '', null, outcome);
        if (move === null) return { dealId, fromStage, toStage: newStage, allowed: true, blockers: [], events: [], cancels: [] };
        if (this.config.requireOutcomeReason) requireOutcome(move);
      } catch (error) {
        if (!(error instanceof InvalidStageTransitionError)) throw error;
        blockers.unshift({ guardId: null, rule: 'stage_machine', message: error.detail, fields: [] });
      }
      const allowed = blockers.length === 0;
      const events = allowed ? deal.pullEvents().map(({ type }) => type) : [];
      return { dealId, fromStage, toStage: newStage, allowed, blockers, events, cancels: allowed ? cancels : [] };
    });
  }
}
