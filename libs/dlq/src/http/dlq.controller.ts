import { Idempotent } from '#zakops/idempotency';
import { RequirePermission } from '#zakops/auth';
import { Cursors, PAGE_HEADERS, ProblemResponses, setNextPage, signalOfClose, WALK_BY_OFFSET } from '#zakops/http';
import { OutboxConfig } from '#zakops/outbox';
import { Body, Controller, Delete, Get, HttpCode, Param, Post, Query, Req, Res } from '@nestjs/common';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import { ApiBody, ApiExtraModels, ApiOkResponse, ApiOperation, ApiTags, getSchemaPath } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { DiscardDeadLetter } from '../commands/discard-dead-letter/discard-dead-letter.command.js';
import { DiscardOldDeadLetters } from '../commands/discard-old-dead-letters/discard-old-dead-letters.command.js';
import { RetryDeadLetter } from '../commands/retry-dead-letter/retry-dead-letter.command.js';
import { RedriveDeadLetters } from '../commands/redrive-dead-letters/redrive-dead-letters.command.js';
import { GetDeadLetterStats } from '../queries/get-dead-letter-stats/get-dead-letter-stats.query.js';
import { GetDeadLetter } from '../queries/get-dead-letter/get-dead-letter.query.js';
import { ListDeadLetters } from '../queries/list-dead-letters/list-dead-letters.query.js';
import { nextCursor, pageStart } from './dead-letter-paging.js';
import { DeadLetterFilterParams, toDeadLetterFilter } from './dto/dead-letter-filter.params.js';
import { DeadLetterDetailsResponse } from './dto/dead-letter.response.js';
import { DeadLetterPath, PurgeOldRequest, ReasonRequest } from './dto/dlq.requests.js';
import {
  DeadLetterListResponse,
  DeadLetterSummaryListResponse,
  DlqStatsResponse,
  PurgedOldResponse,
  PurgedResponse,
  RetriedAllResponse,
  RetriedResponse,
} from './dto/dlq.responses.js';
import { ListDeadLettersParams } from './dto/list-dead-letters.params.js';
import { toDeadLetterDetailsResponse, toDeadLetterResponse, toDeadLetterSummaryResponse } from './to-dead-letter-response.js';
import { toDlqStatsResponse } from './to-dlq-stats-response.js';

const IN_PORTIONS =
  'Works in portions, each a transaction of its own, for about 20 s at most. `remaining` counts what is left, also what another operation ' +
  'holds: call again to go on, with another Idempotency-Key if you use one. After an error or a broken connection finished portions stay; repeat the call.';

/** The dead letter queue for operators. */
@ApiTags('dlq')
@RequirePermission('admin:system')
@Controller('api/admin/dlq')
export class DlqController {
  constructor(
    private readonly commands: CommandBus,
    private readonly queries: QueryBus,
    private readonly config: OutboxConfig,
    private readonly cursors: Cursors,
  ) {}

  @Get()
  @ApiOperation({
    operationId: 'listDeadLetters',
    summary: 'List dead letters, last failed first',
    description:
      'A walk by `cursor` misses and repeats nothing that stays dead. A dead letter that is redriven and fails again meanwhile moves to the ' +
      `front, and may be missed. ${WALK_BY_OFFSET}`,
  })
  @ApiExtraModels(DeadLetterListResponse, DeadLetterSummaryListResponse)
  @ApiOkResponse({
    schema: { anyOf: [{ $ref: getSchemaPath(DeadLetterListResponse) }, { $ref: getSchemaPath(DeadLetterSummaryListResponse) }] },
    headers: PAGE_HEADERS,
  })
  async list(
    @Query() params: ListDeadLettersParams,
    @Req() http: Request,
    @Res({ passthrough: true }) response: Response,
  ): Promise<DeadLetterListResponse | DeadLetterSummaryListResponse> {
    const filter = toDeadLetterFilter(params);
    const start = pageStart(this.cursors, filter, params.cursor, params.offset);
    const page = await this.queries.execute(new ListDeadLetters(filter, params.limit, start, params.fields));
    const cursor = nextCursor(this.cursors, filter, page.next);
    setNextPage(http, response, cursor);
    const toEntry = params.fields === 'summary' ? toDeadLetterSummaryResponse : toDeadLetterResponse;
    return {
      entries: page.deadLetters.map((deadLetter) => toEntry(deadLetter, this.config.maxAttempts)),
      total: page.total,
      limit: params.limit,
      offset: params.offset,
      next_cursor: cursor,
    };
  }

  @Get('stats')
  @RequirePermission('admin:system', { orScope: 'admin:stats' })
  @ApiOperation({
    operationId: 'getDlqStats',
    summary: 'Count dead letters by event type, consumer and reason',
    description:
      'How many dead letters there are, by event type, consumer and reason, and how old the oldest is. Takes the filters of the list, so that ' +
      'its numbers agree with the list.',
  })
  @ApiOkResponse({ type: DlqStatsResponse })
  async stats(@Query() params: DeadLetterFilterParams): Promise<DlqStatsResponse> {
    return toDlqStatsResponse(await this.queries.execute(new GetDeadLetterStats(toDeadLetterFilter(params))));
  }

  @Post('retry-all')
  @Idempotent()
  @HttpCode(200)
  @ApiOperation({
    operationId: 'retryAllDeadLetters',
    summary: 'Redrive every dead letter that fits, in order within each aggregate',
    description: IN_PORTIONS,
  })
  @ApiBody({ type: ReasonRequest, required: false })
  @ApiOkResponse({ type: RetriedAllResponse })
  async retryAll(
    @Query() params: DeadLetterFilterParams,
    @Body() { reason }: ReasonRequest,
    @Res({ passthrough: true }) response: Response,
  ): Promise<RetriedAllResponse> {
    const redrive = new RedriveDeadLetters(toDeadLetterFilter(params), reason, { signal: signalOfClose(response) });
    const { count, remaining } = await this.commands.execute(redrive);
    return { status: 'all_queued_for_retry', correlation_id: params.correlation_id ?? null, count, remaining };
  }

  @Post('purge-old')
  @Idempotent()
  @HttpCode(200)
  @ApiOperation({
    operationId: 'purgeOldDeadLetters',
    summary: 'Purge dead letters that failed long ago; their events stay in the log',
    description: IN_PORTIONS,
  })
  @ApiBody({ type: PurgeOldRequest, required: false })
  @ApiOkResponse({ type: PurgedOldResponse })
  async purgeOld(@Body() { days, reason }: PurgeOldRequest, @Res({ passthrough: true }) response: Response): Promise<PurgedOldResponse> {
    const { count, remaining } = await this.commands.execute(new DiscardOldDeadLetters(days, reason, { signal: signalOfClose(response) }));
    return { status: 'purged', older_than_days: days, count, remaining };
  }

  @Get(':id')
  @ApiOperation({
    operationId: 'getDeadLetter',
    summary: 'Read one dead letter with its attempts, also after a retry',
    description:
      'The event with its payload, the reason of the last failure, and every attempt with its time, duration and error. ' +
      'After a retry `state` tells what became of it, for as long as its event is kept. One that was discarded without a retry before is not found. ' +
      'Once a ticket is gone, `created_at` is when the event happened, `failed_at` when an operator last changed the dead letter, and ' +
      '`attempt_history` is empty.',
  })
  @ApiOkResponse({ type: DeadLetterDetailsResponse })
  @ProblemResponses('NOT_FOUND')
  async get(@Param() { id }: DeadLetterPath): Promise<DeadLetterDetailsResponse> {
    return toDeadLetterDetailsResponse(await this.queries.execute(new GetDeadLetter(id)), this.config.maxAttempts);
  }

  @Post(':id/retry')
  @Idempotent()
  @HttpCode(200)
  @ApiOperation({
    operationId: 'retryDeadLetter',
    summary: 'Retry one dead letter',
    description: 'The delivery is due at once, with a full number of attempts, and keeps its place in the order of its aggregate.',
  })
  @ApiBody({ type: ReasonRequest, required: false })
  @ApiOkResponse({ type: RetriedResponse })
  @ProblemResponses('NOT_FOUND', 'CONFLICT')
  async retry(@Param() { id }: DeadLetterPath, @Body() { reason }: ReasonRequest): Promise<RetriedResponse> {
    await this.commands.execute(new RetryDeadLetter(id, reason));
    return { status: 'queued_for_retry', entry_id: id };
  }

  @Delete(':id')
  @ApiOperation({
    operationId: 'purgeDeadLetter',
    summary: 'Purge one dead letter; its event stays in the log',
    description: 'The delivery is given up for good. A consumer that waits behind it goes on with the next event of the aggregate.',
  })
  @ApiOkResponse({ type: PurgedResponse })
  @ProblemResponses('NOT_FOUND', 'CONFLICT')
  async purge(@Param() { id }: DeadLetterPath, @Query() { reason }: ReasonRequest): Promise<PurgedResponse> {
    await this.commands.execute(new DiscardDeadLetter(id, reason));
    return { status: 'purged', entry_id: id };
  }
}
