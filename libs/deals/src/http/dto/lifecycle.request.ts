import { ArrayField, StringField, stringRule } from '#zakops/http';

const DEAL_ID_LIMITS = { pattern: /^DEAL-\d{6,}$/, max: 23, patternHint: 'must look like DEAL-000001' } as const;
const DEAL_ID = stringRule(DEAL_ID_LIMITS);

const REASON = { optional: true, nullable: true, max: 2_000, example: 'went quiet' } as const;
const OPERATOR = {
  optional: true,
  nullable: true,
  max: 200,
  description: 'The audit log keeps a name other than that of the caller as `on_behalf_note`. The caller is always the one who acts.',
} as const;

/** Why something is done. */
export class ReasonRequest {
  @StringField(REASON)
  reason?: string | null;
}

/** What `POST /api/deals/{id}/archive` takes. */
export class ArchiveDealRequest extends ReasonRequest {
  @StringField(OPERATOR)
  operator?: string | null;
}

/** What `POST /api/deals/bulk-archive` takes. */
export class ArchiveDealsRequest extends ArchiveDealRequest {
  @ArrayField(DEAL_ID, { minItems: 1, maxItems: 500, unique: true, example: ['DEAL-000001', 'DEAL-000002'] })
  deal_ids!: string[];
}

/** What `POST /api/deals/{id}/merge` takes. */
export class MergeDealRequest extends ReasonRequest {
  @StringField({ ...DEAL_ID_LIMITS, example: 'DEAL-000001' })
  into!: string;
}

/** The query string of a deletion. */
export class DeleteDealParams {
  @StringField({ optional: true, max: 2_000, description: 'Kept in the event and in the audit log.' })
  reason?: string;
}
