import { Query } from '@nestjs/cqrs';
import type { PipelineStatsView } from '../../views/pipeline.js';

/** Counts what is going on. */
export class GetPipelineStats extends Query<PipelineStatsView> {}
