import type { DealAlias } from '../domain/deal-alias.js';
import type { DealDocument } from '../domain/deal-details.js';
import { Deal } from '../domain/deal.js';
import type { DealAliasEntity } from './deal-alias.entity.js';
import type { DealEntity } from './deal.entity.js';

/** The columns that a change of the aggregate may touch; times are the database's business. */
export type DealRow = Omit<DealEntity, 'deleted' | 'stageEnteredAt' | 'updatedAt'>;

/** From the rows to the aggregate. */
export function toDeal(row: DealRow, aliases: readonly Omit<DealAliasEntity, 'dealId'>[]): Deal {
  return Deal.restore({
    dealId: row.dealId,
    canonicalName: row.canonicalName,
    displayName: row.displayName,
    folderPath: row.folderPath,
    stage: row.stage,
    status: row.status,
    identifiers: row.identifiers as DealDocument,
    companyInfo: row.companyInfo as DealDocument,
    broker: row.broker as DealDocument,
    metadata: row.metadata as DealDocument,
    aliases: aliases.map(({ id, alias, aliasType, confidence, source }) => ({ id, alias, aliasType, confidence, source })),
    version: row.version,
  });
}

/** From the aggregate to its row. */
export function toDealRow(deal: Deal): DealRow {
  const { canonicalName, displayName, folderPath, status, identifiers, companyInfo, broker, metadata } = deal.details;
  return {
    dealId: deal.dealId,
    canonicalName,
    displayName,
    folderPath,
    stage: deal.stage,
    status,
    identifiers,
    companyInfo,
    broker,
    metadata,
    version: deal.version,
  };
}

/** From an alias of the aggregate to its row. */
export function toAliasRow(dealId: string, alias: DealAlias): DealAliasEntity {
  return {
    id: alias.id,
    dealId,
    alias: alias.alias,
    aliasType: alias.aliasType,
    confidence: alias.confidence,
    source: alias.source,
  };
}
