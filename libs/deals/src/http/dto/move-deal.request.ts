import { StringField } from '#zakops/http';

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
