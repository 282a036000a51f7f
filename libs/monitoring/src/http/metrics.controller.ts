import { RequirePermission } from '#zakops/auth';
import { IgnoreUnknownQuery } from '#zakops/http';
import { EXPOSITION_TYPE, writeExposition } from '#zakops/metrics';
import { Controller, Get, Header } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiProduces, ApiTags } from '@nestjs/swagger';
import { Scrape } from '../scrape/scrape.js';

/** The metrics, for Prometheus. */
@ApiTags('monitoring')
@RequirePermission('admin:system', { orScope: 'admin:stats' })
@IgnoreUnknownQuery()
@Controller('metrics')
export class MetricsController {
  constructor(private readonly scrape: Scrape) {}

  @Get()
  @Header('Cache-Control', 'no-store')
  @Header('Content-Type', EXPOSITION_TYPE)
  @ApiOperation({
    operationId: 'getMetrics',
    summary: 'Metrics of this process, of the workers and of the whole system',
    description: 'The text format of Prometheus. Metrics of workers are those of their last heartbeat.',
  })
  @ApiProduces('text/plain')
  @ApiOkResponse({
    description: 'The text format of Prometheus, version 0.0.4.',
    content: { 'text/plain': { schema: { type: 'string' } } },
  })
  async metrics(): Promise<string> {
    return writeExposition(await this.scrape.families());
  }
}
