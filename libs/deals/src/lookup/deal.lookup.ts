import { byUuid, ContributesLookup } from '#zakops/lookup';
import type { Lookup, LookupSource } from '#zakops/lookup';
import { Injectable } from '@nestjs/common';
import { ALIAS_TYPES } from '../domain/deal-alias.js';

const DEAL = `SELECT deal_id AS id, canonical_name AS title FROM zakops.deals`;
const path = (id: string): string => `/api/deals/${encodeURIComponent(id)}`;

/** Deals by their id, the id in the system that they were imported from, and their aliases. */
@ContributesLookup()
@Injectable()
export class DealLookup implements LookupSource {
  readonly lookups: readonly Lookup[] = [
    { kind: 'deal', sql: `${DEAL} WHERE deal_id = $1 LIMIT 1`, parameters: ({ text }) => [text], path },
    { kind: 'deal', sql: `${DEAL} WHERE external_id = $1 LIMIT 1`, parameters: ({ text }) => [text], path },
    {
      kind: 'alias',
      sql: `SELECT deal_id AS id, alias_type || ' ' || alias AS title FROM zakops.deal_aliases
             WHERE alias_type = ANY ($2::text[]) AND zakops.fold(alias) = zakops.fold($1) LIMIT 5`,
      parameters: ({ text }) => [text, ALIAS_TYPES],
      path: (id) => `${path(id)}/aliases`,
    },
    {
      kind: 'alias',
      sql: `SELECT deal_id AS id, alias_type || ' ' || alias AS title FROM zakops.deal_aliases WHERE id = $1::uuid LIMIT 1`,
      parameters: byUuid,
      path: (id) => `${path(id)}/aliases`,
    },
  ];
}
