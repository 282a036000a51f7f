import { isUniqueViolation } from '#zakops/database';
import type { Transaction } from '#zakops/database';
import { Injectable } from '@nestjs/common';
import { In } from 'typeorm';
import type { Deal } from '../domain/deal.js';
import { DealNotFoundError, DuplicateAliasError } from '../domain/deal.errors.js';
import { DealAliasEntity } from './deal-alias.entity.js';
import { DealEntity } from './deal.entity.js';
import { toAliasRow, toDeal, toDealRow } from './deal.mapper.js';
import { DealRepository } from './deal.repository.js';

// The start of the statement, not of the transaction: the row lock is held by then, so the times of one deal never go back.
const NOW = (): string => 'statement_timestamp()';

/** Deals in PostgreSQL. */
@Injectable()
export class TypeOrmDealRepository extends DealRepository {
  async nextId(tx: Transaction): Promise<string> {
    const [row] = await tx.query<{ id: string }>('SELECT zakops.next_deal_id() AS id');
    if (row === undefined) throw new Error('zakops.next_deal_id() gave no row.');
    return row.id;
  }

  async stageOf(tx: Transaction, dealId: string): Promise<string> {
    const row = await tx.manager.findOne(DealEntity, { select: { dealId: true, stage: true }, where: { dealId, deleted: false } });
    if (row === null) throw new DealNotFoundError(dealId);
    return row.stage;
  }

  async load(tx: Transaction, dealId: string): Promise<Deal> {
    const row = await tx.manager.findOne(DealEntity, { where: { dealId, deleted: false }, lock: { mode: 'pessimistic_write' } });
    if (row === null) throw new DealNotFoundError(dealId);
    // A statement of its own: one that waited for the lock would see the aliases as they were before it waited.
    const aliases = await tx.manager.find(DealAliasEntity, { where: { dealId }, order: { id: 'ASC' } });
    return toDeal(row, aliases);
  }

  async add(tx: Transaction, deal: Deal): Promise<void> {
    await tx.manager.insert(DealEntity, toDealRow(deal));
  }

  async save(tx: Transaction, deal: Deal): Promise<void> {
    const { dealId, ...row } = toDealRow(deal);
    await tx.manager.update(DealEntity, { dealId }, { ...row, updatedAt: NOW, ...(deal.hasMoved ? { stageEnteredAt: NOW } : {}) });
    const { added, removedIds } = deal.aliasChanges;
    if (removedIds.length > 0) await tx.manager.delete(DealAliasEntity, { id: In([...removedIds]) });
    for (const alias of added) {
      try {
        await tx.manager.insert(DealAliasEntity, toAliasRow(dealId, alias));
      } catch (error) {
        if (isUniqueViolation(error, 'deal_aliases_alias_idx')) throw new DuplicateAliasError(dealId, alias.alias, alias.aliasType);
        throw error;
      }
    }
  }
}
