import { RequirePermission } from '#zakops/auth';
import { Controller, Get } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { OutboxStatsResponse } from './dto/outbox-stats.response.js';
import { GetOutboxStats } from './get-outbox-stats.query.js';
import { toOutboxStatsResponse } from './to-outbox-stats-response.js';

/** The outbox for operators. */
@ApiTags('outbox')
@RequirePermission('admin:system', { orScope: 'admin:stats' })
@Controller('api/admin/outbox')
export class OutboxStatsController {
  constructor(private readonly queries: QueryBus) {}

  @Get('stats')
  @ApiOperation({
    operationId: 'getOutboxStats',
    summary: 'Depth, age, rates and worker of the outbox',
    description:
      'What waits, what fails and how old it is, by status and by consumer, with rates and the active worker. Made at most once in a second.',
  })
  @ApiOkResponse({ type: OutboxStatsResponse })
  async stats(): Promise<OutboxStatsResponse> {
    return toOutboxStatsResponse(await this.queries.execute(new GetOutboxStats()));
  }
}
