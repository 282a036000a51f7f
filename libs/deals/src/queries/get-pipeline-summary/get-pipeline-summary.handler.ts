import { QueryHandler } from '@nestjs/cqrs';
import type { IQueryHandler } from '@nestjs/cqrs';
import { PipelineReader } from '../../persistence/pipeline.reader.js';
import { GetPipelineSummary } from './get-pipeline-summary.query.js';
import type { StageSummaryView } from '../../views/pipeline.js';

@QueryHandler(GetPipelineSummary)
export class GetPipelineSummaryHandler implements IQueryHandler<GetPipelineSummary> {
  constructor(private readonly pipeline: PipelineReader) {}

  async execute(): Promise<readonly StageSummaryView[]> {
    return this.pipeline.summary();
  }
}
