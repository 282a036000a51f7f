import { DEAL_STAGES } from '#zakops/contracts';
import { EnumField, IntegerField, StringField } from '#zakops/http';

const Q = {
  min: 1,
  max: 200,
  description:
    'Every hit has each of these words, or a word that begins with it. Case, accents and order do not count. Everything but letters and ' +
    'digits separates words. At most 16 different words; a text without words finds nothing.',
  example: 'acme plumbing',
};

/** What every search takes. */
class SearchParams {
  @StringField(Q)
  q!: string;

  @IntegerField({ min: 1, max: 100, optional: true, default: 20, description: 'The most hits to answer.' })
  limit = 20;

  @StringField({ min: 1, max: 8_000, optional: true, description: 'Where to go on: the `next_cursor` of the page before.' })
  cursor?: string;

  @IntegerField({ min: 0, max: 1_000_000, optional: true, default: 0, deprecated: 'offset', description: 'Accepted and ignored.' })
  offset = 0;
}

/** Which deals are looked for. */
export class SearchDealsParams extends SearchParams {
  @EnumField(DEAL_STAGES, 'DealStage', { optional: true, description: 'Only deals in this stage.' })
  stage?: string;

  @StringField({
    max: 50,
    optional: true,
    description: 'Only deals with this status. Without it deals of every status are found.',
    example: 'active',
  })
  status?: string;
}

/** Which actions are looked for. */
export class SearchActionsParams extends SearchParams {
  @StringField({ max: 50, optional: true, description: 'Only actions with this status.', example: 'PENDING_APPROVAL' })
  status?: string;

  @StringField({ min: 1, max: 100, optional: true, description: 'Only actions of this type.', example: 'send_email' })
  action_type?: string;

  @StringField({
    pattern: /^DEAL-\d{6,18}$/,
    patternHint: 'must look like DEAL-000001',
    optional: true,
    description: 'Only actions of this deal.',
    example: 'DEAL-000001',
  })
  deal_id?: string;
}

/** Which parked mail is looked for. */
export class SearchQuarantineParams extends SearchParams {
  @StringField({ max: 50, optional: true, description: 'Only items with this status.', example: 'pending' })
  status?: string;
}

/** Which senders are looked for. */
export class SearchSendersParams extends SearchParams {}

/** Which notes are looked for. */
export class SearchNotesParams extends SearchParams {
  @StringField({
    pattern: /^DEAL-\d{6,18}$/,
    patternHint: 'must look like DEAL-000001',
    optional: true,
    description: 'Only notes of this deal.',
    example: 'DEAL-000001',
  })
  deal_id?: string;
}

/** What the global search takes. */
export class SearchEverythingParams {
  @StringField(Q)
  q!: string;

  @IntegerField({ min: 1, max: 50, optional: true, default: 10, description: 'The most hits of each kind.' })
  limit = 10;
}
