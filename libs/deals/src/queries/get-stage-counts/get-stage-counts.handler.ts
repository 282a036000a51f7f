import { QueryHandler } from '@nestjs/cqrs';
import type { IQueryHandler } from '@nestjs/cqrs';
import { PipelineReader } from '../../persistence/pipeline.reader.js';
import { GetStageCounts } from './get-stage-counts.query.js';
import type { StageCounts } from '../../views/pipeline.js';

@QueryHandler(GetStageCounts)
export class GetStageCountsHandler implements IQueryHandler<GetStageCounts> {
  constructor(private readonly pipeline: PipelineReader) {}

  async execute(): Promise<StageCounts> {
    return this.pipeline.stageCounts();
  }
}
