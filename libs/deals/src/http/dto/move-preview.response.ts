import { ArrayField, BooleanField, StringField } from '#zakops/http';
import type { MovePreview } from '../../queries/preview-move/preview-move.query.js';

/** What holds a deal back from a move. */
export class MoveBlockerResponse {
  @StringField({ nullable: true, description: 'The guard; null for the stage machine.' })
  guard_id!: string | null;

  @StringField({ example: 'nda_signed', description: 'A `GuardRule`, or `stage_machine`.' })
  rule!: string;

  @StringField({ example: 'Sign an NDA before due diligence.' })
  message!: string;

  @ArrayField('string', { example: ['/metadata/nda_status'] })
  fields!: string[];
}

/** What a move would do: the answer to `dry_run`. */
export class MovePreviewResponse {
  @StringField({ example: 'DEAL-000001' })
  deal_id!: string;

  @StringField({ example: 'inbound' })
  from_stage!: string;

  @StringField({ example: 'initial_review' })
  to_stage!: string;

  @BooleanField()
  dry_run!: true;

  @BooleanField()
  allowed!: boolean;

  @ArrayField(() => MoveBlockerResponse)
  blocked_by!: MoveBlockerResponse[];

  @ArrayField('string', { description: 'What the move would end: `snooze` for a deal that is snoozed.' })
  would_cancel!: string[];

  @ArrayField('string', { description: 'The types of the events that would go out.', example: ['deal.stage_changed'] })
  events!: string[];
}

/** From the preview to the wire. */
export function toMovePreviewResponse(preview: MovePreview): MovePreviewResponse {
  return {
    deal_id: preview.dealId,
    from_stage: preview.fromStage,
    to_stage: preview.toStage,
    dry_run: true,
    allowed: preview.allowed,
    blocked_by: preview.blockers.map(({ guardId, rule, message, fields }) => ({ guard_id: guardId, rule, message, fields: [...fields] })),
    would_cancel: [...preview.cancels],
    events: [...preview.events],
  };
}
