import { RequirePermission } from '#zakops/auth';
import {
  CURSOR_RULES,
  Cursors,
  cursorScope,
  enumRule,
  InputError,
  PAGE_HEADERS,
  ProblemResponses,
  setNextPage,
  WALK_OF_FIXED_PLACES,
} from '#zakops/http';
import type { ValueRule } from '#zakops/http';
import { CaseFile, TIMELINE_TYPES } from '#zakops/timeline';
import type { TimelinePlace, TimelineType } from '#zakops/timeline';
import { Controller, Get, Param, Query, Req, Res } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { GetActivitySummary } from '../queries/get-activity-summary/get-activity-summary.query.js';
import { GetStoredDeal } from '../queries/get-stored-deal/get-stored-deal.query.js';
import { GetTimeline } from '../queries/get-timeline/get-timeline.query.js';
import { CaseFileResponse } from './dto/case-file.response.js';
import { DealPath } from './dto/deal.path.js';
import { toDealResponse } from './dto/deal.response.js';
import {
  ActivitySummaryResponse,
  TimelineParams,
  TimelineResponse,
  toActivitySummaryResponse,
  toTimelineResponse,
} from './dto/timeline.response.js';
import { sendLongJson } from './send-long-json.js';

const PLACE_RULES = {
  at: CURSOR_RULES.instant,
  type: enumRule(TIMELINE_TYPES, 'TimelineType'),
  // The ids of all sources: numbers of moves, UUIDs of events and notes, texts of actions.
  id: CURSOR_RULES.textId,
};
const ID_RULES: Readonly<Record<TimelineType, ValueRule>> = {
  stage_change: CURSOR_RULES.wholeNumber,
  event: CURSOR_RULES.uuid,
  note: CURSOR_RULES.uuid,
  action: PLACE_RULES.id,
  agent_run: PLACE_RULES.id,
};

/** What happened to a deal, and everything about it in one answer. */
@ApiTags('deals')
@Controller('api/deals/:id')
export class DealTimelineController {
  constructor(
    private readonly queries: QueryBus,
    private readonly cursors: Cursors,
    private readonly caseFile: CaseFile,
  ) {}

  @Get('timeline')
  @RequirePermission('deals:read')
  @ApiOperation({
    operationId: 'getTimeline',
    summary: 'Read the timeline of a deal',
    description:
      'Moves, actions, notes and other events in one order, newest first. Page by `cursor`; `before` skips the other entries of its instant. ' +
      `Events are written a moment after the change. ${WALK_OF_FIXED_PLACES}`,
  })
  @ApiOkResponse({ type: TimelineResponse, description: 'A page of entries.', headers: PAGE_HEADERS })
  @ProblemResponses('DEAL_NOT_FOUND')
  async timeline(
    @Param() { id }: DealPath,
    @Query() { limit, cursor, before, activity_type: type }: TimelineParams,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ): Promise<TimelineResponse> {
    const scope = cursorScope('deal-timeline', { id, type });
    const key = this.cursors.read(scope, cursor, PLACE_RULES);
    const from = before === undefined ? undefined : { before };
    const view = await this.queries.execute(new GetTimeline(id, type, key === undefined ? from : { after: toPlace(key) }, limit));
    setNextPage(request, response, this.cursors.write(scope, view.next && { ...view.next }));
    return toTimelineResponse(id, view);
  }

  @Get('activity-summary')
  @RequirePermission('deals:read')
  @ApiOperation({
    operationId: 'getActivitySummary',
    summary: 'Count what happened to a deal',
    description: 'How many events there are, actions by status, and when something last happened.',
  })
  @ApiOkResponse({ type: ActivitySummaryResponse, description: 'The counts.' })
  @ProblemResponses('DEAL_NOT_FOUND')
  async summary(@Param() { id }: DealPath): Promise<ActivitySummaryResponse> {
    return toActivitySummaryResponse(await this.queries.execute(new GetActivitySummary(id)));
  }

  @Get('case-file')
  @RequirePermission('deals:read')
  @ApiOperation({
    operationId: 'getCaseFile',
    summary: 'Read everything of a deal',
    description:
      'One JSON object. A long one is sent while it is read, without an `ETag`. It ends with `"complete": true`; when reading fails in the ' +
      'middle, the connection breaks and the text is no JSON. The lists are read one after the other: a change meanwhile may be in a later ' +
      'list only. A merged deal has its case file still.',
  })
  @ApiOkResponse({ type: CaseFileResponse, description: 'The case file.' })
  @ProblemResponses('DEAL_NOT_FOUND')
  async everything(@Param() { id }: DealPath, @Res() response: Response): Promise<void> {
    const deal = await this.queries.execute(new GetStoredDeal(id));
    await sendLongJson(response, this.caseFile.write(id, { deal: toDealResponse(deal) }));
  }
}

function toPlace({ at, type, id }: Readonly<Record<keyof typeof PLACE_RULES, string>>): TimelinePlace {
  const of = type as TimelineType;
  if (ID_RULES[of].faults(id).length > 0) {
    throw new InputError([{ pointer: 'cursor', detail: 'is not a cursor of this list; start again without it', code: 'INVALID_CURSOR' }]);
  }
  return { at, type: of, id };
}
