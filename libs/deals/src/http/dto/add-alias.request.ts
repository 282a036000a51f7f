import { EnumField, NumberField, StringField } from '#zakops/http';
import { ALIAS_TYPES } from '../../domain/deal-alias.js';
import type { AliasType } from '../../domain/deal-alias.js';

/** What `POST /api/deals/{id}/aliases` takes. */
export class AddAliasRequest {
  @StringField({
    max: 500,
    notBlank: true,
    example: 'BBS-99120',
    description: 'One that differs from another of its type in case or the form of letters only is the same.',
  })
  alias!: string;

  @EnumField(ALIAS_TYPES, 'AliasType')
  alias_type!: AliasType;

  @NumberField({ min: 0, max: 1, optional: true, default: 1, description: 'How sure it is that mail with this name is about the deal.' })
  confidence = 1;

  @StringField({ max: 100, notBlank: true, optional: true, default: 'api', description: 'Who or what found it.' })
  source = 'api';
}
