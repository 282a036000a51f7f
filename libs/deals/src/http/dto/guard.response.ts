import { ArrayField, BooleanField, DateTimeField, EnumField, StringField, UuidField } from '#zakops/http';
import { GUARD_RULES } from '../../domain/move-guard.js';
import type { GuardRule } from '../../domain/move-guard.js';
import type { GuardView } from '../../views/guard.js';

/** A rule that a move must keep, beside the stage machine. */
export class GuardResponse {
  @UuidField()
  id!: string;

  @StringField({ nullable: true, description: 'Null for every stage.' })
  from_stage!: string | null;

  @StringField({ example: 'due_diligence' })
  to_stage!: string;

  @EnumField(GUARD_RULES, 'GuardRule')
  rule!: GuardRule;

  @ArrayField('string', { description: 'JSON pointers into the deal, for `required_fields`.' })
  fields!: string[];

  @StringField({ example: 'Sign an NDA before due diligence.' })
  message!: string;

  @BooleanField()
  enabled!: boolean;

  @DateTimeField()
  updated_at!: string;
}

/** From the view to the wire. */
export function toGuardResponse({ id, fromStage, toStage, rule, fields, message, enabled, updatedAt }: GuardView): GuardResponse {
  return {
    id,
    from_stage: fromStage,
    to_stage: toStage,
    rule,
    fields: [...fields],
    message,
    enabled,
    updated_at: updatedAt.toISOString(),
  };
}
