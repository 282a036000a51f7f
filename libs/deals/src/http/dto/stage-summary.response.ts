import { DEAL_STAGES } from '#zakops/contracts';
import { ArrayField, enumRule, MapField } from '#zakops/http';

/** How many active deals are in each stage. */
export class StageSummaryResponse {
  @MapField('integer', { description: 'By stage; all nine, zeros too.', example: { inbound: 12, initial_review: 3 } })
  stages!: Record<string, number>;

  @ArrayField(enumRule(DEAL_STAGES, 'DealStage'))
  available_stages!: string[];
}
