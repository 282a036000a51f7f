import { Query } from '@nestjs/cqrs';

/** One stage that active deals are in. */
export interface StageSummaryView {
  readonly stage: string;
  readonly count: number;
  /** Days since the deals entered the stage, on average, to two decimals. */
  readonly avgDaysInStage: number;
}

/** The stages that active deals are in, in the order of a deal's life. */
export class GetPipelineSummary extends Query<readonly StageSummaryView[]> {}
