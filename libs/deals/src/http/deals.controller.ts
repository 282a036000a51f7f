import { Idempotent } from '#zakops/idempotency';
import { RequirePermission } from '#zakops/auth';
import { Cursors, cursorScope, ETAG_HEADER, IfMatch, PageResponse, ProblemResponses, setNextPage, WALK_BY_OFFSET } from '#zakops/http';
import type { AcceptedVersions } from '#zakops/kernel';
import { Body, Controller, Get, Param, Patch, Post, Query, Req, Res } from '@nestjs/common';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import { ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { CreateDeal } from '../commands/create-deal/create-deal.command.js';
import { UpdateDeal } from '../commands/update-deal/update-deal.command.js';
import { GetDeal } from '../queries/get-deal/get-deal.query.js';
import { ListDealsInOrder } from '../queries/list-deals-in-order/list-deals-in-order.query.js';
import { ListDeals } from '../queries/list-deals/list-deals.query.js';
import { CreateDealRequest } from './dto/create-deal.request.js';
import { toChanges, toDetails } from './dto/deal-details.mapper.js';
import { DEAL_PLACE_RULES, FIXED_PLACE_RULES, toCursorKey, toDealPlace } from './dto/deal-place.js';
import { DealPath } from './dto/deal.path.js';
import { DealDetailResponse, DealResponse, toDealResponse } from './dto/deal.response.js';
import { showDeal } from './show-deal.js';
import { ListDealsParams } from './dto/list-deals.params.js';
import { UpdateDealRequest } from './dto/update-deal.request.js';

/** Opening, reading and changing deals. */
@ApiTags('deals')
@Controller('api/deals')
export class DealsController {
  constructor(
    private readonly commands: CommandBus,
    private readonly queries: QueryBus,
    private readonly cursors: Cursors,
  ) {}

  @Get()
  @RequirePermission('deals:read')
  @ApiOperation({
    operationId: 'listDeals',
    summary: 'List deals',
    description:
      'Last changed first, unless `sort` says otherwise. A walk by `cursor` misses no deal: those that were changed or opened since it began follow at its end, by their ids, ' +
      `so that a deal that was shown before comes once more as it is now. ${WALK_BY_OFFSET}`,
  })
  @PageResponse(DealResponse, 'A page of deals.')
  async list(
    @Query() params: ListDealsParams,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ): Promise<DealResponse[]> {
    const { stage, status, search, broker, sort, limit, offset, cursor } = params;
    const filter = { stage, status, search, broker };
    if (sort !== 'updated_at') {
      const scope = cursorScope('deals', { ...filter, sort });
      const key = this.cursors.read(scope, cursor, FIXED_PLACE_RULES);
      const after = key === undefined ? undefined : { dealId: key.id, createdAt: key.at };
      const page = await this.queries.execute(new ListDealsInOrder(filter, sort, limit, after === undefined ? { offset } : { after }));
      setNextPage(request, response, this.cursors.write(scope, page.next && { id: page.next.dealId, at: page.next.createdAt }));
      return page.items.map(toDealResponse);
    }
    const scope = cursorScope('deals', filter);
    const key = this.cursors.read(scope, cursor, DEAL_PLACE_RULES);
    const start = key === undefined ? { offset } : { after: toDealPlace(key) };
    const page = await this.queries.execute(new ListDeals(filter, limit, start));
    setNextPage(request, response, this.cursors.write(scope, page.next && toCursorKey(page.next)));
    return page.items.map(toDealResponse);
  }

  @Post()
  @Idempotent()
  @RequirePermission('deals:write')
  @ApiOperation({ operationId: 'createDeal', summary: 'Open a deal', description: 'The stage may be any that is not final.' })
  @ApiCreatedResponse({
    type: DealDetailResponse,
    description: 'The new deal.',
    headers: { ...ETAG_HEADER, Location: { description: 'The path of the deal.', required: true, schema: { type: 'string' } } },
  })
  @ProblemResponses('PAYLOAD_TOO_LARGE', 'EVENT_TOO_LARGE', 'INVALID_STAGE_TRANSITION', 'RULE_BROKEN')
  async create(@Body() body: CreateDealRequest, @Res({ passthrough: true }) response: Response): Promise<DealDetailResponse> {
    const deal = await this.commands.execute(new CreateDeal(toDetails(body), body.stage, 'api'));
    response.setHeader('Location', `/api/deals/${deal.dealId}`);
    return showDeal(deal, response);
  }

  @Get(':id')
  @RequirePermission('deals:read')
  @ApiOperation({
    operationId: 'getDeal',
    summary: 'Read a deal',
    description: 'Of a merged deal, the answer is 301 with the `Location` of the deal that goes on; the body names it as `merged_into`.',
  })
  @ApiOkResponse({ type: DealDetailResponse, description: 'The deal.' })
  @ProblemResponses('DEAL_REPLACED', 'DEAL_NOT_FOUND')
  async get(@Param() { id }: DealPath, @Res({ passthrough: true }) response: Response): Promise<DealDetailResponse> {
    return showDeal(await this.queries.execute(new GetDeal(id)), response);
  }

  @Patch(':id')
  @Idempotent()
  @RequirePermission('deals:write')
  @ApiOperation({
    operationId: 'updateDeal',
    summary: 'Change fields of a deal',
    description: 'A given field replaces the stored one as a whole; the stage is refused.',
  })
  @ApiOkResponse({ type: DealDetailResponse, description: 'The deal after the change.', headers: ETAG_HEADER })
  @ProblemResponses(
    'DEAL_NOT_FOUND',
    'DEAL_MERGED',
    'PRECONDITION_FAILED',
    'PAYLOAD_TOO_LARGE',
    'EVENT_TOO_LARGE',
    'INVALID_STAGE_TRANSITION',
    'RULE_BROKEN',
  )
  async update(
    @Param() { id }: DealPath,
    @Body() body: UpdateDealRequest,
    @IfMatch() acceptedVersions: AcceptedVersions | undefined,
    @Res({ passthrough: true }) response: Response,
  ): Promise<DealDetailResponse> {
    const change = new UpdateDeal(id, toChanges(body), body.stage !== undefined, acceptedVersions);
    return showDeal(await this.commands.execute(change), response);
  }
}
