import { UnitOfWork } from '#zakops/database';
import type { Transaction } from '#zakops/database';
import { CommandHandler } from '@nestjs/cqrs';
import type { ICommandHandler } from '@nestjs/cqrs';
import { DealsConfig } from '../../deals.config.js';
import { DealMovedMeanwhileError, MoveBlockedError, MoveKeyReusedError } from '../../domain/deal.errors.js';
import { requireOutcome } from '../../domain/require-outcome.js';
import { DealJournal } from '../../journal/deal-journal.js';
import { DealRepository } from '../../persistence/deal.repository.js';
import { GuardStore } from '../../persistence/guard.store.js';
import { StageHistoryStore } from '../../persistence/stage-history.store.js';
import { MoveDeal } from './move-deal.command.js';
import type { MovedDeal } from './move-deal.command.js';

@CommandHandler(MoveDeal)
export class MoveDealHandler implements ICommandHandler<MoveDeal> {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly deals: DealRepository,
    private readonly history: StageHistoryStore,
    private readonly guards: GuardStore,
    private readonly journal: DealJournal,
    private readonly config: DealsConfig,
  ) {}

  async execute(command: MoveDeal): Promise<MovedDeal> {
    return this.unitOfWork.run(async (tx) => {
      const { dealId, newStage, reason, idempotencyKey, movedBy, acceptedVersions, onBehalfNote, outcome } = command;
      // Sent together, in this order: what was seen without the lock shows whether another move came first.
      const [seen, deal, guards] = await Promise.all([
        this.deals.look(tx, dealId),
        this.deals.load(tx, dealId),
        this.guards.ofMove(tx, dealId, newStage),
      ]);
      // First: a repeated call is answered as the first one was, whatever happened to the deal since.
      const repeated = idempotencyKey === undefined ? undefined : await this.repeated(tx, command, idempotencyKey, deal.version);
      if (repeated !== undefined) return repeated;
      // Another call got the lock first. Its move may be the very same one, but only one of them can have made it.
      if (deal.stage !== seen.stage) throw new DealMovedMeanwhileError(dealId, deal.stage);
      deal.requireVersion(acceptedVersions);
      const blockers = deal.blockersOf(newStage, guards);
      const move = deal.moveTo(newStage, movedBy, reason, outcome);
      if (move === null) {
        const { stage, version } = deal;
        return { dealId, fromStage: stage, toStage: stage, movedAt: seen.at, idempotentHit: true, version };
      }
      if (blockers.length > 0) throw new MoveBlockedError(dealId, newStage, blockers);
      if (this.config.requireOutcomeReason) requireOutcome(move);
      const { stageEnteredAt: movedAt } = await this.deals.save(tx, deal);
      this.history.append(tx, dealId, move, idempotencyKey);
      this.journal.write(tx, deal, onBehalfNote);
      return { dealId, fromStage: move.fromStage, toStage: move.toStage, movedAt, idempotentHit: false, version: deal.version };
    });
  }

  private async repeated(tx: Transaction, { dealId, newStage }: MoveDeal, key: string, version: number): Promise<MovedDeal | undefined> {
    const first = await this.history.findByKey(tx, dealId, key);
    if (first === undefined) return undefined;
    if (first.toStage !== newStage) throw new MoveKeyReusedError(dealId, first.toStage, newStage);
    return { dealId, ...first, idempotentHit: true, version };
  }
}
