import { RequirePermission } from '#zakops/auth';
import { ProblemResponses } from '#zakops/http';
import { Controller, Delete, Get, Param, Query } from '@nestjs/common';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { ListConsumers } from '../consumer-admin/list-consumers.query.js';
import { RemoveConsumer } from '../consumer-admin/remove-consumer.command.js';
import { ConsumerListResponse, ConsumerPath, ConsumerRemovedResponse, RemoveConsumerRequest } from './dto/consumers.response.js';
import { toConsumerListResponse } from './to-consumer-response.js';

/** The consumers of events for operators. */
@ApiTags('outbox')
@RequirePermission('admin:system')
@Controller('api/admin/outbox/consumers')
export class OutboxConsumersController {
  constructor(
    private readonly commands: CommandBus,
    private readonly queries: QueryBus,
  ) {}

  @Get()
  @RequirePermission('admin:system', { orScope: 'admin:stats' })
  @ApiOperation({
    operationId: 'listOutboxConsumers',
    summary: 'Consumers of events: state, position, lag, tickets, and whether they run',
    description:
      'One entry for each consumer that a worker has run, also for one that no worker runs any more. `lag` counts events of the log after its cursor.',
  })
  @ApiOkResponse({ type: ConsumerListResponse })
  async list(): Promise<ConsumerListResponse> {
    return toConsumerListResponse(await this.queries.execute(new ListConsumers()));
  }

  @Delete(':name')
  @ApiOperation({
    operationId: 'removeOutboxConsumer',
    summary: 'Remove a consumer that no worker runs any more, with its tickets; events stay in the log',
    description: 'Refused while the active worker runs the consumer. Its tickets go too, so what they stood for is not delivered.',
  })
  @ApiOkResponse({ type: ConsumerRemovedResponse })
  @ProblemResponses('NOT_FOUND', 'CONFLICT')
  async remove(@Param() { name }: ConsumerPath, @Query() { reason }: RemoveConsumerRequest): Promise<ConsumerRemovedResponse> {
    await this.commands.execute(new RemoveConsumer(name, reason));
    return { status: 'removed', consumer: name };
  }
}
