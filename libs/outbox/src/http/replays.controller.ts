import { RequirePermission } from '#zakops/auth';
import {
  CURSOR_RULES,
  Cursors,
  cursorScope,
  PAGE_HEADERS,
  PageQuery,
  ProblemResponses,
  setNextPage,
  WALK_OF_FIXED_PLACES,
} from '#zakops/http';
import { Idempotent } from '#zakops/idempotency';
import { Body, Controller, Get, HttpCode, Param, Post, Query, Req, Res } from '@nestjs/common';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import { ApiAcceptedResponse, ApiBody, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { CancelReplay } from '../replay-admin/cancel-replay/cancel-replay.command.js';
import { GetReplay } from '../replay-admin/get-replay/get-replay.query.js';
import { ListReplays } from '../replay-admin/list-replays/list-replays.query.js';
import { PreviewReplay } from '../replay-admin/preview-replay/preview-replay.query.js';
import { StartReplay } from '../replay-admin/start-replay/start-replay.command.js';
import { CancelReplayRequest, ReplayPath, StartReplayRequest } from './dto/replay.requests.js';
import { ReplayListResponse, ReplayPreviewResponse, ReplayResponse } from './dto/replay.responses.js';
import { readRange, readToken } from './read-replay-request.js';
import { readReplayToken, writeReplayToken } from './replay-token.js';
import { toReplayPreviewResponse, toReplayResponse } from './to-replay-response.js';

const SCOPE = cursorScope('replays');

/** Replays of history to one consumer, for operators. */
@ApiTags('outbox')
@RequirePermission('admin:system')
@Controller('api/admin/events')
export class ReplaysController {
  constructor(
    private readonly commands: CommandBus,
    private readonly queries: QueryBus,
    private readonly cursors: Cursors,
  ) {}

  @Post('replay')
  @Idempotent()
  @HttpCode(202)
  @ApiOperation({
    operationId: 'replayEvents',
    summary: 'Replay history to one consumer: a dry run first, then the replay by its token',
    description:
      'With `dry_run` the answer is 200 with the count, the types, the first, the last, and a token. With the token the active worker replays ' +
      'that range in portions, each in a transaction with its progress; deliveries are marked `replayed: true`. Live events go on meanwhile: a ' +
      'replay without an end goes on until it meets the cursor, so that the last events of each aggregate come in order. Events with an open ' +
      'ticket are skipped. One replay per consumer. An event that fails for good ends the replay.',
  })
  @ApiBody({
    type: StartReplayRequest,
    examples: {
      'dry run': { value: { consumer: 'deal-activity', dry_run: true, from_position: 1 } },
      start: { value: { consumer: 'deal-activity', token: 'eyJhIjoiMCJ9', rate: 500, reason: 'Rebuild the activity.' } },
    },
  })
  @ApiOkResponse({ type: ReplayPreviewResponse, description: 'A dry run.' })
  @ApiAcceptedResponse({ type: ReplayResponse, description: 'The replay.' })
  @ProblemResponses('NOT_FOUND', 'CONFLICT')
  async start(
    @Body() request: StartReplayRequest,
    @Res({ passthrough: true }) response: Response,
  ): Promise<ReplayPreviewResponse | ReplayResponse> {
    const { consumer } = request;
    if (request.dry_run) {
      const preview = await this.queries.execute(new PreviewReplay(consumer, readRange(request)));
      response.status(200);
      return { ...toReplayPreviewResponse(preview), token: writeReplayToken(this.cursors, preview) };
    }
    const { afterPosition, untilPosition } = readReplayToken(this.cursors, consumer, readToken(request));
    const start = new StartReplay(consumer, afterPosition, untilPosition, request.rate, request.reason);
    const view = await this.commands.execute(start);
    response.setHeader('Location', `/api/admin/events/replays/${view.id}`);
    return toReplayResponse(view);
  }

  @Get('replays')
  @ApiOperation({ operationId: 'listReplays', summary: 'List replays, newest first', description: WALK_OF_FIXED_PLACES })
  @ApiOkResponse({ type: ReplayListResponse, headers: PAGE_HEADERS })
  async list(
    @Query() { limit, cursor }: PageQuery,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ): Promise<ReplayListResponse> {
    const key = this.cursors.read(SCOPE, cursor, { c: CURSOR_RULES.instant, i: CURSOR_RULES.uuid });
    const page = await this.queries.execute(new ListReplays(limit, key === undefined ? undefined : { createdAt: key.c, id: key.i }));
    const next = this.cursors.write(SCOPE, page.next && { c: page.next.createdAt, i: page.next.id });
    setNextPage(request, response, next);
    return { replays: page.replays.map(toReplayResponse), next_cursor: next };
  }

  @Get('replays/:id')
  @ApiOperation({
    operationId: 'getReplay',
    summary: 'Say how far a replay is',
    description: 'Its state, its place in the log, and how many events it has delivered. It changes until the state is an ended one.',
  })
  @ApiOkResponse({ type: ReplayResponse })
  @ProblemResponses('NOT_FOUND')
  async get(@Param() { id }: ReplayPath): Promise<ReplayResponse> {
    return toReplayResponse(await this.queries.execute(new GetReplay(id)));
  }

  @Post('replays/:id/cancel')
  @Idempotent()
  @HttpCode(200)
  @ApiOperation({
    operationId: 'cancelReplay',
    summary: 'Cancel a replay; what it has delivered stays',
    description: 'The portion under way is not committed. Another replay can begin at the position that the answer shows.',
  })
  @ApiBody({ type: CancelReplayRequest, required: false })
  @ApiOkResponse({ type: ReplayResponse })
  @ProblemResponses('NOT_FOUND', 'CONFLICT')
  async cancel(@Param() { id }: ReplayPath, @Body() { reason }: CancelReplayRequest): Promise<ReplayResponse> {
    return toReplayResponse(await this.commands.execute(new CancelReplay(id, reason)));
  }
}
