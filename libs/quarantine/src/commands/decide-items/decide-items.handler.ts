import { UnitOfWork } from '#zakops/database';
import type { Transaction } from '#zakops/database';
import { DomainError } from '#zakops/kernel';
import { CommandHandler } from '@nestjs/cqrs';
import type { ICommandHandler } from '@nestjs/cqrs';
import { ItemDecisions } from '../../decisions/item-decisions.js';
import { DecideItem } from '../decide-item/decide-item.command.js';
import { DecideItems } from './decide-items.command.js';
import type { ItemResult } from './decide-items.command.js';

/** Errors that are about one item or its deal. Others, such as a lost connection, end the call. */
const REFUSALS: ReadonlySet<string> = new Set(['not_found', 'conflict', 'rule_broken', 'precondition_failed']);

@CommandHandler(DecideItems)
export class DecideItemsHandler implements ICommandHandler<DecideItems> {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly decisions: ItemDecisions,
  ) {}

  async execute(command: DecideItems): Promise<readonly ItemResult[]> {
    return this.unitOfWork.run(async (tx) => {
      const results = new Map<string, ItemResult>();
      // In the order of ids, so that two calls cannot wait for each other.
      for (const itemId of [...command.itemIds].sort()) results.set(itemId, await this.one(tx, itemId, command));
      return command.itemIds.flatMap((itemId) => results.get(itemId) ?? []);
    });
  }

  private async one(tx: Transaction, itemId: string, { decision, decidedBy, onBehalfNote }: DecideItems): Promise<ItemResult> {
    try {
      const command = new DecideItem(itemId, decision, decidedBy, null, undefined, onBehalfNote);
      return { itemId, decided: await tx.savepoint(() => this.decisions.decide(tx, command)) };
    } catch (error) {
      if (!(error instanceof DomainError) || !REFUSALS.has(error.category)) throw error;
      return { itemId, code: error.code, detail: error.detail };
    }
  }
}
