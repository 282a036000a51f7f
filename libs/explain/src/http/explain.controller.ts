import { RequirePermission } from '#zakops/auth';
import { ProblemResponses } from '#zakops/http';
import { Controller, Get, Param } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { ExplainEvent } from '../queries/explain-event/explain-event.query.js';
import { ExplainedEventPath, ExplanationResponse } from './dto/explanation.response.js';
import { toExplanationResponse } from './to-explanation-response.js';

/** What became of one event, for operators. */
@ApiTags('events')
@RequirePermission('admin:system')
@Controller('api/admin/events')
export class ExplainController {
  constructor(private readonly queries: QueryBus) {}

  @Get(':id/explain')
  @ApiOperation({
    operationId: 'explainEvent',
    summary: 'Explain one event: from the request to its effects',
    description:
      'Who made it by which call, when and by which worker it was published, what became of it at each consumer with its failed attempts, how ' +
      'far the streams are, and what it waits for in one sentence. Without the payload. Read from tables at one moment, not from logs.',
  })
  @ApiOkResponse({ type: ExplanationResponse })
  @ProblemResponses('NOT_FOUND')
  async explain(@Param() { id }: ExplainedEventPath): Promise<ExplanationResponse> {
    return toExplanationResponse(await this.queries.execute(new ExplainEvent(id)));
  }
}
