import { RequirePermission } from '#zakops/auth';
import {
  CURSOR_RULES,
  Cursors,
  cursorScope,
  PageQuery,
  PageResponse,
  ProblemResponses,
  setNextPage,
  WALK_OF_FIXED_PLACES,
} from '#zakops/http';
import { Controller, Get, Param, Query, Req, Res } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { ListDealActivity } from '../queries/list-deal-activity/list-deal-activity.query.js';
import { DealActivityItem, toDealActivityItem } from './dto/deal-activity.response.js';
import { DealPath } from './dto/deal.path.js';

/** What happened to a deal. */
@ApiTags('deals')
@Controller('api/deals')
export class DealActivityController {
  constructor(
    private readonly queries: QueryBus,
    private readonly cursors: Cursors,
  ) {}

  @Get(':id/events')
  @RequirePermission('deals:read')
  @ApiOperation({
    operationId: 'listDealActivity',
    summary: 'List what happened to a deal',
    description: `Newest first; written by a consumer of the events, a moment after them. ${WALK_OF_FIXED_PLACES}`,
  })
  @PageResponse(DealActivityItem, 'A page of events.')
  @ProblemResponses('DEAL_NOT_FOUND')
  async list(
    @Param() { id }: DealPath,
    @Query() { limit, cursor }: PageQuery,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ): Promise<DealActivityItem[]> {
    const scope = cursorScope('deal-events', { id });
    const page = await this.queries.execute(
      new ListDealActivity(id, limit, this.cursors.read(scope, cursor, { seq: CURSOR_RULES.wholeNumber })),
    );
    setNextPage(request, response, this.cursors.write(scope, page.next && { ...page.next }));
    return page.items.map(toDealActivityItem);
  }
}
