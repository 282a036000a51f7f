import { ArrayField, DateTimeField, IntegerField, PageQuery, stringRule, StringField, UuidField } from '#zakops/http';

/** The path of an entry. */
export class AuditEntryPath {
  @UuidField()
  id!: string;
}

/** The query string of `GET /api/admin/audit`. Texts must match as a whole. */
export class ListAuditEntriesParams extends PageQuery {
  @StringField({ min: 1, max: 1_000, optional: true, description: 'The actor: the e-mail address of an operator, or the id of a key.' })
  actor?: string;

  @StringField({ min: 1, max: 200, optional: true, example: 'deal.updated' })
  action?: string;

  @StringField({ min: 1, max: 200, optional: true, example: 'deal' })
  resource_type?: string;

  @StringField({ min: 1, max: 1_000, optional: true, example: 'DEAL-000001' })
  resource_id?: string;

  @DateTimeField({ optional: true, description: 'Entries of this instant or later.' })
  since?: string;

  @DateTimeField({ optional: true, description: 'Entries before this instant.' })
  until?: string;
}

const anchorRule = stringRule({
  max: 90,
  pattern: /^[1-9][0-9]{0,14}:[0-9a-f]{64}$/,
  patternHint: 'must be a position and a hash in lower case hexadecimal, separated by a colon',
});

const MAX_POSITION = 999_999_999_999_999;

/** The query string of `GET /api/admin/audit/verify`. */
export class VerifyAuditChainParams {
  @ArrayField(anchorRule, {
    optional: true,
    maxItems: 100,
    description: 'An anchor, as `position:hash`; may be repeated.',
  })
  anchor?: string[];

  @IntegerField({ min: 1, max: MAX_POSITION, optional: true, default: 1, description: 'The first position.' })
  from = 1;

  @IntegerField({ min: 1, max: MAX_POSITION, optional: true, description: 'The last position; the head of the chain unless given.' })
  to?: number;
}

/** The query string of `GET /api/admin/audit/export`. */
export class ExportAuditChainParams {
  @IntegerField({ min: 1, max: MAX_POSITION, optional: true, default: 1, description: 'The first position.' })
  from = 1;
}
