import { RequirePermission } from '#zakops/auth';
import { Cursors, PAGE_HEADERS, ProblemResponses, setNextPage, WALK_OF_FIXED_PLACES } from '#zakops/http';
import { Idempotent } from '#zakops/idempotency';
import { Body, Controller, Get, HttpCode, Param, Post, Query, Req, Res } from '@nestjs/common';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import { ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { ChangePauseEnd } from '../pause-admin/change-pause-end/change-pause-end.command.js';
import { ListPauses } from '../pause-admin/list-pauses/list-pauses.query.js';
import { PauseDeliveries } from '../pause-admin/pause-deliveries/pause-deliveries.command.js';
import { ResumeDeliveries } from '../pause-admin/resume-deliveries/resume-deliveries.command.js';
import { ChangePauseEndRequest, ListPausesParams, PausePath, PauseRequest, ResumeRequest } from './dto/pauses.requests.js';
import { PauseListResponse, PauseResponse } from './dto/pauses.responses.js';
import { nextPauseCursor, pausePageStart } from './pause-paging.js';
import { toPauseChoice, toPauseEnd, toPauseTarget } from './read-pause-request.js';
import { toListedPauseResponse, toPauseResponse } from './to-pause-response.js';

/** Pauses of deliveries, for operators. */
@ApiTags('outbox')
@RequirePermission('admin:system')
@Controller('api/admin/outbox')
export class OutboxPausesController {
  constructor(
    private readonly commands: CommandBus,
    private readonly queries: QueryBus,
    private readonly cursors: Cursors,
  ) {}

  @Post('pause')
  @Idempotent()
  @ApiOperation({
    operationId: 'pauseDeliveries',
    summary: 'Pause deliveries to consumers until a time',
    description:
      'Every worker follows within two seconds. What is in hand is finished; writes, publishing and streams go on. The order within each ' +
      'aggregate stays, and nothing is lost. The pause ends at its time, whatever runs. A worker of version 0.4.0 knows no pauses.',
  })
  @ApiCreatedResponse({ type: PauseResponse })
  @ProblemResponses('NOT_FOUND', 'ALREADY_PAUSED', 'CONFLICT')
  async pause(@Body() { scope, minutes, until, reason, ...given }: PauseRequest): Promise<PauseResponse> {
    const end = toPauseEnd({ ...(minutes === undefined ? {} : { minutes }), ...(until === undefined ? {} : { until }) }, false);
    return toPauseResponse(await this.commands.execute(new PauseDeliveries(toPauseTarget(scope, given), end, reason)));
  }

  @Post('resume')
  @Idempotent()
  @HttpCode(200)
  @ApiOperation({
    operationId: 'resumeDeliveries',
    summary: 'End a pause before its end',
    description: 'Names it by `pause_id`, or by what it pauses. What it has held is due at once, in its order.',
  })
  @ApiOkResponse({ type: PauseResponse })
  @ProblemResponses('NOT_FOUND', 'PAUSE_OVER')
  async resume(@Body() { reason, ...which }: ResumeRequest): Promise<PauseResponse> {
    return toPauseResponse(await this.commands.execute(new ResumeDeliveries(toPauseChoice(which), reason)));
  }

  @Get('pauses')
  @RequirePermission('admin:system', { orScope: 'admin:stats' })
  @ApiOperation({ operationId: 'listPauses', summary: 'List pauses, the last begun first', description: WALK_OF_FIXED_PLACES })
  @ApiOkResponse({ type: PauseListResponse, headers: PAGE_HEADERS })
  async list(
    @Query() { state, limit, cursor }: ListPausesParams,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ): Promise<PauseListResponse> {
    const page = await this.queries.execute(new ListPauses(state, limit, pausePageStart(this.cursors, state, cursor)));
    const next = nextPauseCursor(this.cursors, state, page.next);
    setNextPage(request, response, next);
    return { pauses: page.pauses.map(toListedPauseResponse), limit, next_cursor: next };
  }

  @Post('pauses/:id/end')
  @Idempotent()
  @HttpCode(200)
  @ApiOperation({
    operationId: 'changePauseEnd',
    summary: 'Give a pause in force another end',
    description: 'Earlier or later, at most a day from now.',
  })
  @ApiOkResponse({ type: PauseResponse })
  @ProblemResponses('NOT_FOUND', 'PAUSE_OVER')
  async changeEnd(@Param() { id }: PausePath, @Body() { reason, ...end }: ChangePauseEndRequest): Promise<PauseResponse> {
    return toPauseResponse(await this.commands.execute(new ChangePauseEnd(id, toPauseEnd(end, true), reason)));
  }
}
