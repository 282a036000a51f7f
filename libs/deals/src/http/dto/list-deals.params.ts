import { DEAL_STAGES } from '#zakops/contracts';
import { EnumField, IntegerField, OFFSET_DESCRIPTION, PageQuery, StringField } from '#zakops/http';
import { DEAL_ORDERS } from '../../views/deal-list.js';
import type { DealOrder } from '../../views/deal-list.js';
import { DEAL_STATUSES } from '../../domain/deal-status.js';
import type { DealStatus } from '../../domain/deal-status.js';

/** Filters and paging of the list of deals. */
export class ListDealsParams extends PageQuery {
  @EnumField(DEAL_STAGES, 'DealStage', { optional: true, description: 'Only deals in this stage.' })
  stage?: string;

  @EnumField(DEAL_STATUSES, 'DealStatus', { optional: true, default: 'active' })
  status: DealStatus = 'active';

  @StringField({
    min: 1,
    max: 200,
    optional: true,
    description: 'Part of the canonical or display name. Case and the form of letters do not count, and no character is special.',
  })
  search?: string;

  @StringField({
    min: 1,
    max: 200,
    optional: true,
    description: 'Part of the name of the broker. Case and the form of letters do not count.',
  })
  broker?: string;

  @EnumField(DEAL_ORDERS, 'DealOrder', {
    optional: true,
    default: 'updated_at',
    description:
      '`updated_at`: last changed first. `created_at`: newest first. `deal_id`: by id. A later change of a deal moves it only in `updated_at`.',
  })
  sort: DealOrder = 'updated_at';

  @IntegerField({
    min: 0,
    max: 1_000_000,
    optional: true,
    default: 0,
    deprecated: 'offset',
    description: `${OFFSET_DESCRIPTION} Ignored when there is a \`cursor\`, which is faster and exact.`,
  })
  offset = 0;
}
