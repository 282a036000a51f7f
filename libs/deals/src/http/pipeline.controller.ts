import { RequirePermission } from '#zakops/auth';
import { Controller, Get } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { GetPipelineStats } from '../queries/get-pipeline-stats/get-pipeline-stats.query.js';
import { GetPipelineSummary } from '../queries/get-pipeline-summary/get-pipeline-summary.query.js';
import { PipelineStageItem, PipelineStatsResponse, toPipelineStageItem, toPipelineStatsResponse } from './dto/pipeline.response.js';

/** The stats of the pipeline. */
@ApiTags('pipeline')
@Controller('api/pipeline')
export class PipelineController {
  constructor(private readonly queries: QueryBus) {}

  @Get('summary')
  @RequirePermission('deals:read')
  @ApiOperation({
    operationId: 'getPipelineSummary',
    summary: 'Summarise the stages',
    description: 'The stages that active deals are in, in the order of a deal’s life.',
  })
  @ApiOkResponse({ type: PipelineStageItem, isArray: true, description: 'The stages.' })
  async summary(): Promise<PipelineStageItem[]> {
    return (await this.queries.execute(new GetPipelineSummary())).map(toPipelineStageItem);
  }

  @Get('stats')
  @RequirePermission('deals:read')
  @ApiOperation({
    operationId: 'getPipelineStats',
    summary: 'Count what is going on',
    description: 'Active deals by stage, actions that wait, mail that waits, and how much happened to deals in the last 24 hours.',
  })
  @ApiOkResponse({ type: PipelineStatsResponse, description: 'The stats.' })
  async stats(): Promise<PipelineStatsResponse> {
    return toPipelineStatsResponse(await this.queries.execute(new GetPipelineStats()));
  }
}
