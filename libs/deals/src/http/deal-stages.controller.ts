import { Idempotent } from '#zakops/idempotency';
import { CurrentPrincipal, onBehalfNote, RequirePermission } from '#zakops/auth';
import type { Principal } from '#zakops/auth';
import { DEAL_STAGES } from '#zakops/contracts';
import {
  CURSOR_RULES,
  Cursors,
  cursorScope,
  ETAG_HEADER,
  IfMatch,
  PAGE_HEADERS,
  ProblemResponses,
  setNextPage,
  toETag,
  WALK_OF_FIXED_PLACES,
} from '#zakops/http';
import type { AcceptedVersions } from '#zakops/kernel';
import { Body, Controller, Get, HttpCode, Param, Post, Query, Req, Res } from '@nestjs/common';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import { ApiExtraModels, ApiOkResponse, ApiOperation, ApiTags, getSchemaPath } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { MoveDeal } from '../commands/move-deal/move-deal.command.js';
import { GetStageCounts } from '../queries/get-stage-counts/get-stage-counts.query.js';
import { GetStageHistory } from '../queries/get-stage-history/get-stage-history.query.js';
import { PreviewMove } from '../queries/preview-move/preview-move.query.js';
import { GetAllowedMoves } from '../queries/get-allowed-moves/get-allowed-moves.query.js';
import { DealPath } from './dto/deal.path.js';
import { MoveDealParams, MoveDealRequest, toOutcome } from './dto/move-deal.request.js';
import { MoveDealResponse, toMoveDealResponse } from './dto/move-deal.response.js';
import { MovePreviewResponse, toMovePreviewResponse } from './dto/move-preview.response.js';
import { StageHistoryResponse, toStageMoveItem } from './dto/stage-history.response.js';
import { StageSummaryResponse } from './dto/stage-summary.response.js';
import { toValidTransitionsResponse, ValidTransitionsResponse } from './dto/valid-transitions.response.js';
import { WholeListParams } from './dto/whole-list.params.js';

/** Moving deals through their stages. */
@ApiTags('deals')
@Controller('api/deals')
export class DealStagesController {
  constructor(
    private readonly commands: CommandBus,
    private readonly queries: QueryBus,
    private readonly cursors: Cursors,
  ) {}

  @Get('stages/summary')
  @RequirePermission('deals:read')
  @ApiOperation({
    operationId: 'getStageSummary',
    summary: 'Count active deals by stage',
    description: 'The number of active deals in each of the nine stages. Stages without deals are listed with zero.',
  })
  @ApiOkResponse({ type: StageSummaryResponse, description: 'The counts.' })
  async summary(): Promise<StageSummaryResponse> {
    const stages = await this.queries.execute(new GetStageCounts());
    return { stages: { ...stages }, available_stages: [...DEAL_STAGES] };
  }

  @Post(':id/transition')
  @Idempotent()
  @HttpCode(200)
  @RequirePermission('deals:write')
  @ApiOperation({
    operationId: 'moveDeal',
    summary: 'Move a deal to another stage',
    description:
      'Of several moves at the same moment one wins; the others are answered with 409. A deal that is in the stage already when the call ' +
      'begins is answered with 200 and `idempotent_hit`. With `dry_run` nothing changes: the answer is a `MovePreviewResponse`.',
  })
  @ApiExtraModels(MoveDealResponse, MovePreviewResponse)
  @ApiOkResponse({
    schema: { oneOf: [{ $ref: getSchemaPath(MoveDealResponse) }, { $ref: getSchemaPath(MovePreviewResponse) }] },
    description: 'The deal is in the stage.',
    headers: ETAG_HEADER,
  })
  @ProblemResponses(
    'DEAL_NOT_FOUND',
    'DEAL_MERGED',
    'CONFLICT',
    'PRECONDITION_FAILED',
    'PAYLOAD_TOO_LARGE',
    'EVENT_TOO_LARGE',
    'INVALID_STAGE_TRANSITION',
    'MOVE_BLOCKED',
    'RULE_BROKEN',
  )
  async move(
    @Param() { id }: DealPath,
    @Query() { transitioned_by: claimed }: MoveDealParams,
    @Body() body: MoveDealRequest,
    @CurrentPrincipal() principal: Principal,
    @IfMatch() acceptedVersions: AcceptedVersions | undefined,
    @Res({ passthrough: true }) response: Response,
  ): Promise<MoveDealResponse | MovePreviewResponse> {
    if (body.dry_run)
      return toMovePreviewResponse(await this.queries.execute(new PreviewMove(id, body.new_stage, toOutcome(body), acceptedVersions)));
    const moved = await this.commands.execute(
      new MoveDeal(
        id,
        body.new_stage,
        body.reason ?? null,
        body.idempotency_key ?? undefined,
        principal.email,
        acceptedVersions,
        onBehalfNote(claimed, principal),
        toOutcome(body),
      ),
    );
    response.setHeader('ETag', toETag(moved.version));
    return toMoveDealResponse(moved);
  }

  @Get(':id/valid-transitions')
  @RequirePermission('deals:read')
  @ApiOperation({
    operationId: 'getValidTransitions',
    summary: 'Say where a deal may go',
    description: 'The stages that the stage machine allows from here. Guards are judged by a move with `dry_run`.',
  })
  @ApiOkResponse({ type: ValidTransitionsResponse, description: 'The stage of the deal and the next ones.' })
  @ProblemResponses('DEAL_NOT_FOUND')
  async validTransitions(@Param() { id }: DealPath): Promise<ValidTransitionsResponse> {
    return toValidTransitionsResponse(await this.queries.execute(new GetAllowedMoves(id)));
  }

  @Get(':id/stage-history')
  @RequirePermission('deals:read')
  @ApiOperation({
    operationId: 'listStageHistory',
    summary: 'List the moves of a deal',
    description: `Oldest first. ${WALK_OF_FIXED_PLACES}`,
  })
  @ApiOkResponse({ type: StageHistoryResponse, description: 'A page of moves.', headers: PAGE_HEADERS })
  @ProblemResponses('DEAL_NOT_FOUND')
  async history(
    @Param() { id }: DealPath,
    @Query() { limit, cursor }: WholeListParams,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ): Promise<StageHistoryResponse> {
    const scope = cursorScope('deal-stage-history', { id });
    const page = await this.queries.execute(
      new GetStageHistory(id, limit, this.cursors.read(scope, cursor, { id: CURSOR_RULES.wholeNumber })),
    );
    setNextPage(request, response, this.cursors.write(scope, page.next && { ...page.next }));
    return { deal_id: id, history: page.items.map(toStageMoveItem) };
  }
}
