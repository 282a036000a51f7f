import { QueryHandler } from '@nestjs/cqrs';
import type { IQueryHandler } from '@nestjs/cqrs';
import { PipelineReader } from '../../persistence/pipeline.reader.js';
import { GetPipelineStats } from './get-pipeline-stats.query.js';
import type { PipelineStatsView } from '../../views/pipeline.js';

@QueryHandler(GetPipelineStats)
export class GetPipelineStatsHandler implements IQueryHandler<GetPipelineStats> {
  constructor(private readonly pipeline: PipelineReader) {}

  async execute(): Promise<PipelineStatsView> {
    return this.pipeline.stats();
  }
}
