import { RequirePermission } from '#zakops/auth';
import { Controller, Get, Query } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { GetTimeseries } from '../timeseries/get-timeseries.query.js';
import { TimeseriesParams, toAskedTime } from './dto/timeseries.params.js';
import { TimeseriesResponse } from './dto/timeseries.response.js';
import { toTimeseriesResponse } from './to-timeseries-response.js';

/** Figures with their past. */
@ApiTags('ops')
@RequirePermission('admin:system', { orScope: 'admin:stats' })
@Controller('api/admin/timeseries')
export class TimeseriesController {
  constructor(private readonly queries: QueryBus) {}

  @Get()
  @ApiOperation({
    operationId: 'getTimeseries',
    summary: 'Figures over a time, with what happened meanwhile',
    description:
      'Samples of ten seconds for six hours, and of five minutes for fourteen days. Longer times are put into bins; `bounds` keeps the least and ' +
      'greatest value of each. A bin that nobody sampled is null: the database was away, or no process ran.',
  })
  @ApiOkResponse({ type: TimeseriesResponse })
  async read(@Query() params: TimeseriesParams): Promise<TimeseriesResponse> {
    return toTimeseriesResponse(await this.queries.execute(new GetTimeseries(params.series, toAskedTime(params), params.points)));
  }
}
