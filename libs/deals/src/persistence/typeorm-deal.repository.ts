import { isUniqueViolation, prepared } from '#zakops/database';
import type { Transaction } from '#zakops/database';
import { Injectable } from '@nestjs/common';
import { In } from 'typeorm';
import type { Deal } from '../domain/deal.js';
import { DealNotFoundError, DuplicateAliasError } from '../domain/deal.errors.js';
import { DealAliasEntity } from './deal-alias.entity.js';
import { DealEntity } from './deal.entity.js';
import { toAliasRow, toDeal, toDealRow } from './deal.mapper.js';
import type { DealRow } from './deal.mapper.js';
import { DealRepository } from './deal.repository.js';
import type { DealGlance, NextDeal } from './deal.repository.js';

const NEXT = prepared('SELECT zakops.next_deal_id() AS id, statement_timestamp() AS opened_at');
const LOOK = prepared('SELECT stage, statement_timestamp() AS at FROM zakops.deals WHERE deal_id = $1 AND NOT deleted');
const LOAD = prepared(`
  SELECT deal_id AS "dealId", canonical_name AS "canonicalName", display_name AS "displayName", folder_path AS "folderPath", stage, status,
    identifiers, company_info AS "companyInfo", broker, metadata, version
  FROM zakops.deals WHERE deal_id = $1 AND NOT deleted FOR UPDATE`);
const LOAD_ALIASES = prepared(`
  SELECT id, alias, alias_type AS "aliasType", confidence, source FROM zakops.deal_aliases WHERE deal_id = $1 ORDER BY id`);
const ADD = prepared(`
  INSERT INTO zakops.deals (deal_id, canonical_name, display_name, folder_path, stage, status, identifiers, company_info, broker,
    metadata, version, stage_entered_at, created_at, updated_at)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $12, $12)`);

// The start of the statement, not of the transaction: the row lock is held by then, so the times of one deal never go back.
const NOW = (): string => 'statement_timestamp()';

/** Deals in PostgreSQL. */
@Injectable()
export class TypeOrmDealRepository extends DealRepository {
  async next(tx: Transaction): Promise<NextDeal> {
    const [row] = await tx.query<{ id: string; opened_at: Date }>(NEXT);
    if (row === undefined) throw new Error('zakops.next_deal_id() gave no row.');
    return { dealId: row.id, openedAt: row.opened_at };
  }

  async look(tx: Transaction, dealId: string): Promise<DealGlance> {
    const [row] = await tx.query<DealGlance & Record<string, unknown>>(LOOK, [dealId]);
    if (row === undefined) throw new DealNotFoundError(dealId);
    return row;
  }

  async load(tx: Transaction, dealId: string): Promise<Deal> {
    const [row] = await tx.query<DealRow>(LOAD, [dealId]);
    if (row === undefined) throw new DealNotFoundError(dealId);
    // A statement of its own: one that waited for the lock would see the aliases as they were before it waited.
    return toDeal(row, await tx.query<Omit<DealAliasEntity, 'dealId'>>(LOAD_ALIASES, [dealId]));
  }

  add(tx: Transaction, deal: Deal, openedAt: Date): void {
    const row = toDealRow(deal);
    tx.atCommit({
      statement: ADD,
      values: [
        row.dealId,
        row.canonicalName,
        row.displayName,
        row.folderPath,
        row.stage,
        row.status,
        JSON.stringify(row.identifiers),
        JSON.stringify(row.companyInfo),
        JSON.stringify(row.broker),
        JSON.stringify(row.metadata),
        row.version,
        openedAt,
      ],
    });
  }

  async save(tx: Transaction, deal: Deal): Promise<void> {
    const { dealId, version, stage, hasMoved, changedDetails } = deal;
    // Only the changed columns: what is not written cannot be altered on its way through JavaScript.
    const changes = { ...changedDetails, version, updatedAt: NOW, ...(hasMoved ? { stage, stageEnteredAt: NOW } : {}) };
    await tx.manager.update(DealEntity, { dealId }, changes);
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
