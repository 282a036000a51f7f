import { OUTCOME_REASONS } from '#zakops/contracts';
import type { OutcomeReason } from '#zakops/contracts';
import type { Outcome } from '../../domain/deal.js';
import { BooleanField, EnumField, StringField } from '#zakops/http';

/** What `POST /api/deals/{id}/transition` takes. */
export class MoveDealRequest {
  @StringField({ min: 1, max: 50, example: 'initial_review' })
  new_stage!: string;

  @StringField({ optional: true, nullable: true, max: 2_000, example: 'teaser fits the thesis' })
  reason?: string | null;

  @StringField({
    optional: true,
    nullable: true,
    min: 1,
    max: 64,
    description:
      'A move with the same key within 24 hours is answered with the first one and `idempotent_hit`; to another stage it is refused.',
  })
  idempotency_key?: string | null;

  @EnumField(OUTCOME_REASONS, 'OutcomeReason', {
    optional: true,
    nullable: true,
    description: 'Why the deal was won or lost; for `closed_won` and `closed_lost` only. Needed with `REQUIRE_OUTCOME_REASON`.',
  })
  outcome_reason?: OutcomeReason | null;

  @StringField({ optional: true, nullable: true, max: 2_000, description: 'Beside `outcome_reason`.' })
  outcome_note?: string | null;

  @BooleanField({ optional: true, default: false, description: 'True to only ask what the move would do. Nothing changes.' })
  dry_run = false;
}

/** The query string of a move. */
export class MoveDealParams {
  @StringField({
    optional: true,
    max: 200,
    deprecated: 'transitionedBy',
    description: 'The audit log keeps a name other than that of the caller as `on_behalf_note`. The deal is always moved by the caller.',
  })
  transitioned_by?: string;
}

/** Why the deal was won or lost, when the caller says so. */
export function toOutcome({ outcome_reason: reason, outcome_note: note }: MoveDealRequest): Outcome | null {
  return reason === undefined || reason === null ? null : { reason, note: note ?? null };
}
