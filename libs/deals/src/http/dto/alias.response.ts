import { DateTimeField, NumberField, StringField, UuidField } from '#zakops/http';
import type { RecordedAlias } from '../../domain/deal-alias.js';

/** Another name by which mail about a deal is recognised. */
export class AliasResponse {
  @UuidField()
  id!: string;

  @StringField({ example: 'BBS-99120' })
  alias!: string;

  @StringField({ example: 'listing_id' })
  alias_type!: string;

  @NumberField({ min: 0, max: 1 })
  confidence!: number;

  @StringField({ example: 'api' })
  source!: string;

  @DateTimeField()
  created_at!: string;
}

/** From the view to the wire. */
export function toAliasResponse(alias: RecordedAlias): AliasResponse {
  return {
    id: alias.id,
    alias: alias.alias,
    alias_type: alias.aliasType,
    confidence: alias.confidence,
    source: alias.source,
    created_at: alias.createdAt.toISOString(),
  };
}
