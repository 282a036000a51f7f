import { DEAL_STAGES } from '#zakops/contracts';
import type { DealStage } from '#zakops/contracts';
import { ArrayField, BooleanField, EnumField, StringField, stringRule, UuidField } from '#zakops/http';
import type { GuardFields } from '../../commands/save-guard/save-guard.command.js';
import { GUARD_RULES } from '../../domain/move-guard.js';
import type { GuardRule } from '../../domain/move-guard.js';

const POINTERS = stringRule({ pattern: /^\/(?:[^~/]|~[01])+(?:\/(?:[^~/]|~[01])+)*$/, max: 200, patternHint: 'must be a JSON pointer' });

/** What `PATCH /api/admin/deal-guards/{id}` takes. */
export class ChangeGuardRequest {
  @EnumField(DEAL_STAGES, 'DealStage', { optional: true, nullable: true, description: 'Null for every stage.' })
  from_stage?: DealStage | null;

  @EnumField(DEAL_STAGES, 'DealStage', { optional: true })
  to_stage?: DealStage;

  @EnumField(GUARD_RULES, 'GuardRule', { optional: true })
  rule?: GuardRule;

  @ArrayField(POINTERS, {
    optional: true,
    maxItems: 20,
    description: 'JSON pointers into the deal, for `required_fields`.',
    example: ['/metadata/asking_price'],
  })
  fields?: string[];

  @StringField({ optional: true, max: 500, notBlank: true, example: 'Note the asking price before negotiation.' })
  message?: string;

  @BooleanField({ optional: true })
  enabled?: boolean;
}

/** What `POST /api/admin/deal-guards` takes. */
export class AddGuardRequest extends ChangeGuardRequest {
  @EnumField(DEAL_STAGES, 'DealStage')
  override to_stage!: DealStage;

  @EnumField(GUARD_RULES, 'GuardRule')
  override rule!: GuardRule;

  @StringField({ max: 500, notBlank: true, example: 'Note the asking price before negotiation.' })
  override message!: string;
}

/** The path of a guard. */
export class GuardPath {
  @UuidField()
  id!: string;
}

/** From the wire to what the command takes. */
export function toGuardFields({ from_stage, to_stage, rule, fields, message, enabled }: ChangeGuardRequest): Partial<GuardFields> {
  return {
    ...(from_stage === undefined ? {} : { fromStage: from_stage }),
    ...(to_stage === undefined ? {} : { toStage: to_stage }),
    ...(rule === undefined ? {} : { rule }),
    ...(fields === undefined ? {} : { fields }),
    ...(message === undefined ? {} : { message }),
    ...(enabled === undefined ? {} : { enabled }),
  };
}
