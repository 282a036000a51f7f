import { Query } from '@nestjs/cqrs';
import type { StageSummaryView } from '../../views/pipeline.js';

/** The stages that active deals are in, in the order of a deal's life. */
export class GetPipelineSummary extends Query<readonly StageSummaryView[]> {}
