import { RequirePermission } from '#zakops/auth';
import { Cursors, PAGE_HEADERS, setNextPage } from '#zakops/http';
import { Controller, Get, Query, Req, Res } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { ListFailureGroups } from '../queries/list-failure-groups/list-failure-groups.query.js';
import { toDeadLetterFilter } from './dto/dead-letter-filter.params.js';
import { ListFailureGroupsParams } from './dto/failure-groups.params.js';
import { FailureGroupListResponse } from './dto/failure-groups.response.js';
import { groupPageStart, nextGroupCursor } from './failure-group-paging.js';
import { toFailureGroupResponse } from './to-failure-group-response.js';

/** Dead letters by what went wrong. */
@ApiTags('dlq')
@RequirePermission('admin:system', { orScope: 'admin:stats' })
@Controller('api/admin/dlq/groups')
export class FailureGroupsController {
  constructor(
    private readonly queries: QueryBus,
    private readonly cursors: Cursors,
  ) {}

  @Get()
  @ApiOperation({
    operationId: 'listFailureGroups',
    summary: 'Group dead letters by what went wrong, largest group first',
    description:
      'A group has one `fingerprint`: consumer, event type, reason, error class, SQLSTATE, table, constraint, function and message without ' +
      'its values. Every filter of dead letters takes the fingerprint. A walk by `cursor` misses or repeats a ' +
      'group only when its number of dead letters changes meanwhile.',
  })
  @ApiOkResponse({ type: FailureGroupListResponse, headers: PAGE_HEADERS })
  async list(
    @Query() params: ListFailureGroupsParams,
    @Req() http: Request,
    @Res({ passthrough: true }) response: Response,
  ): Promise<FailureGroupListResponse> {
    const filter = toDeadLetterFilter(params);
    const after = groupPageStart(this.cursors, filter, params.cursor);
    const page = await this.queries.execute(new ListFailureGroups(filter, params.limit, after));
    const cursor = nextGroupCursor(this.cursors, filter, page.next);
    setNextPage(http, response, cursor);
    return {
      groups: page.groups.map(toFailureGroupResponse),
      total: page.total,
      dead_letters: page.deadLetters,
      limit: params.limit,
      next_cursor: cursor,
    };
  }
}
