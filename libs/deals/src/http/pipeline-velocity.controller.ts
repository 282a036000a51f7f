import { RequirePermission } from '#zakops/auth';
import { ETAG_HEADER, IfMatch, ProblemResponses, toETag } from '#zakops/http';
import type { AcceptedVersions } from '#zakops/kernel';
import { Body, Controller, Get, Put, Query, Res } from '@nestjs/common';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Response } from 'express';
import { SetStageLimits } from '../commands/set-stage-limits/set-stage-limits.command.js';
import { GetConversion } from '../queries/get-conversion/get-conversion.query.js';
import { GetStageLimits } from '../queries/get-stage-limits/get-stage-limits.query.js';
import { GetVelocity } from '../queries/get-velocity/get-velocity.query.js';
import { GetWinRate } from '../queries/get-win-rate/get-win-rate.query.js';
import type { StageLimits } from '../views/stage-limits.js';
import type { VelocityFilter } from '../views/velocity.js';
import { StageLimitsRequest, StageLimitsResponse, toDays, toStageLimitsResponse } from './dto/stage-limits.js';
import {
  StageConversionItem,
  StageVelocityItem,
  toStageConversionItem,
  toStageVelocityItem,
  toWinRateItem,
  VelocityParams,
  WinRateItem,
  WinRateParams,
} from './dto/velocity.response.js';

const COUNTED = 'From the history of moves. Deleted and merged deals do not count.';

/** How fast deals move, and how they end. */
@ApiTags('pipeline')
@Controller('api/pipeline')
export class PipelineVelocityController {
  constructor(
    private readonly commands: CommandBus,
    private readonly queries: QueryBus,
  ) {}

  @Get('conversion')
  @RequirePermission('deals:read')
  @ApiOperation({ operationId: 'getConversion', summary: 'Say what became of the deals in each stage', description: COUNTED })
  @ApiOkResponse({ type: [StageConversionItem], description: 'The stages in which a stay began in the period.' })
  async conversion(@Query() params: VelocityParams): Promise<StageConversionItem[]> {
    return (await this.queries.execute(new GetConversion(toFilter(params)))).map(toStageConversionItem);
  }

  @Get('velocity')
  @RequirePermission('deals:read')
  @ApiOperation({ operationId: 'getVelocity', summary: 'Say how long deals stay in each stage', description: COUNTED })
  @ApiOkResponse({ type: [StageVelocityItem], description: 'The stages in which a stay began in the period and is over.' })
  async velocity(@Query() params: VelocityParams): Promise<StageVelocityItem[]> {
    return (await this.queries.execute(new GetVelocity(toFilter(params)))).map(toStageVelocityItem);
  }

  @Get('win-rate')
  @RequirePermission('deals:read')
  @ApiOperation({ operationId: 'getWinRate', summary: 'Say how deals ended, by period and source', description: COUNTED })
  @ApiOkResponse({ type: [WinRateItem], description: 'Months or quarters in which a deal ended, oldest first.' })
  async winRate(@Query() params: WinRateParams): Promise<WinRateItem[]> {
    return (await this.queries.execute(new GetWinRate(toFilter(params), params.period))).map(toWinRateItem);
  }

  @Get('stage-limits')
  @RequirePermission('deals:read')
  @ApiOperation({
    operationId: 'getStageLimits',
    summary: 'Read after how many days a deal is stuck',
    description: 'One limit for each open stage, in days. A deal that is longer in its stage is stuck.',
  })
  @ApiOkResponse({ type: StageLimitsResponse, description: 'Days by stage.' })
  async limits(@Res({ passthrough: true }) response: Response): Promise<StageLimitsResponse> {
    return show(await this.queries.execute(new GetStageLimits()), response);
  }

  @Put('stage-limits')
  @RequirePermission('admin:system')
  @ApiOperation({
    operationId: 'setStageLimits',
    summary: 'Set after how many days a deal is stuck',
    description:
      'Stages that are not named keep theirs. Deals beyond a limit get an alert and, once for each stay, the event `deal.stale`.',
  })
  @ApiOkResponse({ type: StageLimitsResponse, description: 'Days by stage after the change.', headers: ETAG_HEADER })
  @ProblemResponses('PRECONDITION_FAILED')
  async setLimits(
    @Body() body: StageLimitsRequest,
    @IfMatch() accepted: AcceptedVersions | undefined,
    @Res({ passthrough: true }) response: Response,
  ): Promise<StageLimitsResponse> {
    return show(await this.commands.execute(new SetStageLimits(toDays(body), accepted)), response);
  }
}

function show(limits: StageLimits, response: Response): StageLimitsResponse {
  response.setHeader('ETag', toETag(limits.version));
  return toStageLimitsResponse(limits);
}

function toFilter({ from, to, source }: VelocityParams): VelocityFilter {
  return { from, to, source };
}
