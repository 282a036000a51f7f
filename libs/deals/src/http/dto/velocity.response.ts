import { DateTimeField, EnumField, IntegerField, MapField, NumberField, StringField } from '#zakops/http';
import type { DealPace, StageConversion, StageVelocity, WinRate } from '../../views/velocity.js';

/** The period and the source of a question about the pipeline. */
export class VelocityParams {
  @DateTimeField({ optional: true, description: 'The beginning of the period; all there is when not given.' })
  from?: string;

  @DateTimeField({ optional: true, description: 'The end of the period, which is not a part of it.' })
  to?: string;

  @StringField({ optional: true, min: 1, max: 100, description: 'Only deals of this source.', example: 'quarantine' })
  source?: string;
}

/** As {@link VelocityParams}, with the parts of the period. */
export class WinRateParams extends VelocityParams {
  @EnumField(['month', 'quarter'], 'PeriodUnit', { optional: true, default: 'month' })
  period: 'month' | 'quarter' = 'month';
}

/** What became of the stays in a stage. */
export class StageConversionItem {
  @StringField({ example: 'initial_review' })
  stage!: string;

  @IntegerField({ min: 0, description: 'Stays that began in the period.' })
  entered!: number;

  @IntegerField({ min: 0, description: 'Of them, those that ended with a later stage.' })
  moved_on!: number;

  @IntegerField({ min: 0 })
  lost!: number;

  @IntegerField({ min: 0 })
  moved_back!: number;

  @IntegerField({ min: 0 })
  archived!: number;

  @IntegerField({ min: 0 })
  still_there!: number;

  @NumberField({
    nullable: true,
    min: 0,
    max: 1,
    description: '`moved_on` divided by the stays that are over (`entered` minus `still_there`). Null when none is over.',
  })
  conversion!: number | null;
}

/** How long stays in a stage took. */
export class StageVelocityItem {
  @StringField({ example: 'initial_review' })
  stage!: string;

  @IntegerField({ min: 1, description: 'Stays that began in the period and are over.' })
  stays!: number;

  @NumberField({ min: 0 })
  median_days!: number;

  @NumberField({ min: 0 })
  p90_days!: number;
}

/** How deals of one source ended in one part of the period. */
export class WinRateItem {
  @StringField({ example: '2026-11-01', description: 'The first day of the month or quarter (UTC).' })
  period!: string;

  @StringField({ example: 'quarantine' })
  source!: string;

  @IntegerField({ min: 0 })
  won!: number;

  @IntegerField({ min: 0 })
  lost!: number;

  @NumberField({ min: 0, max: 1 })
  win_rate!: number;

  @MapField('integer', { description: 'Outcomes by reason, of those that have one.', example: { price_gap: 2 } })
  reasons!: Record<string, number>;
}

/** A deal beside others that were in its stage. */
export class DealPaceResponse {
  @StringField({ example: 'DEAL-000001' })
  deal_id!: string;

  @StringField({ example: 'initial_review' })
  stage!: string;

  @IntegerField({ min: 0 })
  days_in_stage!: number;

  @IntegerField({ min: 0, description: 'Stays that are over, of the last 1,000 deals that left the stage.' })
  compared_with!: number;

  @IntegerField({
    nullable: true,
    min: 0,
    max: 100,
    description: 'The percentage of them that took less time. 90: slower than 90 % of your deals.',
  })
  slower_than_percent!: number | null;
}

/** From the view to the wire. */
export function toStageConversionItem(view: StageConversion): StageConversionItem {
  const { stage, entered, movedOn, lost, movedBack, archived, stillThere } = view;
  const over = entered - stillThere;
  return {
    stage,
    entered,
    moved_on: movedOn,
    lost,
    moved_back: movedBack,
    archived,
    still_there: stillThere,
    conversion: over === 0 ? null : Math.round((movedOn / over) * 10_000) / 10_000,
  };
}

/** From the view to the wire. */
export function toStageVelocityItem({ stage, stays, medianDays, p90Days }: StageVelocity): StageVelocityItem {
  return { stage, stays, median_days: medianDays, p90_days: p90Days };
}

/** From the view to the wire. */
export function toWinRateItem({ period, source, won, lost, reasons }: WinRate): WinRateItem {
  return { period, source, won, lost, win_rate: Math.round((won / (won + lost)) * 10_000) / 10_000, reasons: { ...reasons } };
}

/** From the view to the wire. */
export function toDealPaceResponse(dealId: string, { stage, days, stays, percentile }: DealPace): DealPaceResponse {
  return { deal_id: dealId, stage, days_in_stage: Math.max(0, days), compared_with: stays, slower_than_percent: percentile };
}
