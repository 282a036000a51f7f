import { CurrentPrincipal, RequirePermission } from '#zakops/auth';
import type { Principal } from '#zakops/auth';
import { DateField, ETAG_HEADER, IfMatch, ProblemResponses, StringField } from '#zakops/http';
import { Idempotent } from '#zakops/idempotency';
import type { AcceptedVersions } from '#zakops/kernel';
import { Body, Controller, Delete, Get, HttpCode, Param, Post, Res } from '@nestjs/common';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Response } from 'express';
import { SnoozeDeal } from '../commands/snooze-deal/snooze-deal.command.js';
import { UnsnoozeDeal } from '../commands/unsnooze-deal/unsnooze-deal.command.js';
import { GetDealPace } from '../queries/get-deal-pace/get-deal-pace.query.js';
import { DealPath } from './dto/deal.path.js';
import { DealDetailResponse } from './dto/deal.response.js';
import { DealPaceResponse, toDealPaceResponse } from './dto/velocity.response.js';
import { showDeal } from './show-deal.js';

/** What `POST /api/deals/{id}/snooze` takes. */
export class SnoozeDealRequest {
  @DateField({ description: 'The day until whose end (UTC) nobody is reminded: today, or within a year.', example: '2026-12-24' })
  until!: string;

  @StringField({ min: 1, max: 500, notBlank: true, example: 'the seller is away' })
  reason!: string;
}

/** Being reminded of deals, or not. */
@ApiTags('deals')
@Controller('api/deals')
export class DealRemindersController {
  constructor(
    private readonly commands: CommandBus,
    private readonly queries: QueryBus,
  ) {}

  @Post(':id/snooze')
  @Idempotent()
  @HttpCode(200)
  @RequirePermission('deals:write')
  @ApiOperation({
    operationId: 'snoozeDeal',
    summary: 'Snooze a deal',
    description: 'The deal is in no alert and sends no `deal.stale` until the day `until` is over (UTC). A move ends the snooze.',
  })
  @ApiOkResponse({ type: DealDetailResponse, description: 'The deal.', headers: ETAG_HEADER })
  @ProblemResponses('DEAL_NOT_FOUND', 'DEAL_MERGED', 'PRECONDITION_FAILED', 'RULE_BROKEN')
  async snooze(
    @Param() { id }: DealPath,
    @Body() { until, reason }: SnoozeDealRequest,
    @CurrentPrincipal() principal: Principal,
    @IfMatch() accepted: AcceptedVersions | undefined,
    @Res({ passthrough: true }) response: Response,
  ): Promise<DealDetailResponse> {
    return showDeal(await this.commands.execute(new SnoozeDeal(id, until, reason, principal.email, accepted)), response);
  }

  @Delete(':id/snooze')
  @RequirePermission('deals:write')
  @ApiOperation({
    operationId: 'unsnoozeDeal',
    summary: 'End the snooze of a deal',
    description: 'A deal that is not snoozed is answered as it is.',
  })
  @ApiOkResponse({ type: DealDetailResponse, description: 'The deal.', headers: ETAG_HEADER })
  @ProblemResponses('DEAL_NOT_FOUND', 'DEAL_MERGED', 'PRECONDITION_FAILED')
  async unsnooze(
    @Param() { id }: DealPath,
    @CurrentPrincipal() principal: Principal,
    @IfMatch() accepted: AcceptedVersions | undefined,
    @Res({ passthrough: true }) response: Response,
  ): Promise<DealDetailResponse> {
    return showDeal(await this.commands.execute(new UnsnoozeDeal(id, principal.email, accepted)), response);
  }

  @Get(':id/pace')
  @RequirePermission('deals:read')
  @ApiOperation({
    operationId: 'getDealPace',
    summary: 'Compare a deal with others that were in its stage',
    description: 'By the stays that are over. Deleted and merged deals do not count.',
  })
  @ApiOkResponse({ type: DealPaceResponse, description: 'The pace of the deal.' })
  @ProblemResponses('DEAL_NOT_FOUND')
  async pace(@Param() { id }: DealPath): Promise<DealPaceResponse> {
    return toDealPaceResponse(id, await this.queries.execute(new GetDealPace(id)));
  }
}
