import { CurrentPrincipal, onBehalfNote, RequirePermission } from '#zakops/auth';
import type { Principal } from '#zakops/auth';
import { ETAG_HEADER, IfMatch, ProblemResponses, toETag } from '#zakops/http';
import { Idempotent } from '#zakops/idempotency';
import type { AcceptedVersions } from '#zakops/kernel';
import { Body, Controller, Delete, HttpCode, Param, Post, Query, Res } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Response } from 'express';
import { ArchiveDeal } from '../commands/archive-deal/archive-deal.command.js';
import { ArchiveDeals } from '../commands/archive-deals/archive-deals.command.js';
import { DeleteDeal } from '../commands/delete-deal/delete-deal.command.js';
import { MergeDeal } from '../commands/merge-deal/merge-deal.command.js';
import { RestoreDeal } from '../commands/restore-deal/restore-deal.command.js';
import { UndeleteDeal } from '../commands/undelete-deal/undelete-deal.command.js';
import { DealPath } from './dto/deal.path.js';
import { DealDetailResponse } from './dto/deal.response.js';
import { showDeal } from './show-deal.js';
import { ArchiveDealRequest, ArchiveDealsRequest, DeleteDealParams, MergeDealRequest } from './dto/lifecycle.request.js';
import { ArchiveDealsResponse, MergeDealResponse, toArchiveDealsResponse, toMergeDealResponse } from './dto/lifecycle.response.js';

const REFUSALS = ['DEAL_NOT_FOUND', 'DEAL_MERGED', 'PRECONDITION_FAILED'] as const;

/** What becomes of deals beside their stages. */
@ApiTags('deals')
@Controller('api/deals')
export class DealLifecycleController {
  constructor(private readonly commands: CommandBus) {}

  @Post('bulk-archive')
  @Idempotent()
  @HttpCode(200)
  @RequirePermission('deals:write')
  @ApiOperation({
    operationId: 'archiveDeals',
    summary: 'Archive up to 500 deals',
    description: 'All in one transaction. A deal that does not exist or is merged is `failed`, and does not hold back the others.',
  })
  @ApiOkResponse({ type: ArchiveDealsResponse, description: 'A result for each deal.' })
  @ProblemResponses('EVENT_TOO_LARGE')
  async archiveMany(@Body() body: ArchiveDealsRequest, @CurrentPrincipal() principal: Principal): Promise<ArchiveDealsResponse> {
    const { deal_ids: ids, reason, operator } = body;
    return toArchiveDealsResponse(
      await this.commands.execute(new ArchiveDeals(ids, principal.email, reason ?? null, onBehalfNote(operator, principal))),
    );
  }

  @Post(':id/archive')
  @Idempotent()
  @HttpCode(200)
  @RequirePermission('deals:write')
  @ApiOperation({
    operationId: 'archiveDeal',
    summary: 'Archive a deal',
    description: 'Sets the status `archived`; the stage stays. A deal that is archived already is answered as it is.',
  })
  @ApiOkResponse({ type: DealDetailResponse, description: 'The deal.', headers: ETAG_HEADER })
  @ProblemResponses(...REFUSALS, 'EVENT_TOO_LARGE')
  async archive(
    @Param() { id }: DealPath,
    @Body() { reason, operator }: ArchiveDealRequest,
    @CurrentPrincipal() principal: Principal,
    @IfMatch() accepted: AcceptedVersions | undefined,
    @Res({ passthrough: true }) response: Response,
  ): Promise<DealDetailResponse> {
    const command = new ArchiveDeal(id, principal.email, reason ?? null, accepted, onBehalfNote(operator, principal));
    return showDeal(await this.commands.execute(command), response);
  }

  @Post(':id/restore')
  @Idempotent()
  @HttpCode(200)
  @RequirePermission('deals:write')
  @ApiOperation({
    operationId: 'restoreDeal',
    summary: 'Restore an archived deal',
    description: 'Sets the status that it had before. A deal that is not archived is answered as it is.',
  })
  @ApiOkResponse({ type: DealDetailResponse, description: 'The deal.', headers: ETAG_HEADER })
  @ProblemResponses(...REFUSALS, 'EVENT_TOO_LARGE')
  async restore(
    @Param() { id }: DealPath,
    @CurrentPrincipal() principal: Principal,
    @IfMatch() accepted: AcceptedVersions | undefined,
    @Res({ passthrough: true }) response: Response,
  ): Promise<DealDetailResponse> {
    return showDeal(await this.commands.execute(new RestoreDeal(id, principal.email, accepted)), response);
  }

  @Delete(':id')
  @HttpCode(204)
  @RequirePermission('deals:delete')
  @ApiOperation({
    operationId: 'deleteDeal',
    summary: 'Delete a deal',
    description: 'It is in no list and no answer any more. Its history and events stay, and `undelete` brings it back.',
  })
  @ApiNoContentResponse({ description: 'It is deleted.', headers: ETAG_HEADER })
  @ProblemResponses(...REFUSALS, 'EVENT_TOO_LARGE')
  async delete(
    @Param() { id }: DealPath,
    @Query() { reason }: DeleteDealParams,
    @CurrentPrincipal() principal: Principal,
    @IfMatch() accepted: AcceptedVersions | undefined,
    @Res({ passthrough: true }) response: Response,
  ): Promise<void> {
    const { version } = await this.commands.execute(new DeleteDeal(id, principal.email, reason ?? null, accepted));
    response.setHeader('ETag', toETag(version));
  }

  @Post(':id/undelete')
  @Idempotent()
  @HttpCode(200)
  @RequirePermission('deals:delete')
  @ApiOperation({
    operationId: 'undeleteDeal',
    summary: 'Bring a deleted deal back',
    description: 'A deal that is not deleted is answered as it is.',
  })
  @ApiOkResponse({ type: DealDetailResponse, description: 'The deal.', headers: ETAG_HEADER })
  @ProblemResponses(...REFUSALS, 'EVENT_TOO_LARGE')
  async undelete(
    @Param() { id }: DealPath,
    @CurrentPrincipal() principal: Principal,
    @IfMatch() accepted: AcceptedVersions | undefined,
    @Res({ passthrough: true }) response: Response,
  ): Promise<DealDetailResponse> {
    return showDeal(await this.commands.execute(new UndeleteDeal(id, principal.email, accepted)), response);
  }

  @Post(':id/merge')
  @Idempotent()
  @HttpCode(200)
  @RequirePermission('deals:write')
  @ApiOperation({
    operationId: 'mergeDeal',
    summary: 'Merge a deal into another one',
    description:
      'Aliases, identifiers and mail threads go over to the deal `into`; history, activity and events stay with the deal that ends. ' +
      'Its id answers reads with 301 and writes with 409 from then on. A deal that was merged cannot take another one, so there is no circle.',
  })
  @ApiOkResponse({ type: MergeDealResponse, description: 'The deal that goes on.', headers: ETAG_HEADER })
  @ProblemResponses(...REFUSALS, 'EVENT_TOO_LARGE', 'RULE_BROKEN')
  async merge(
    @Param() { id }: DealPath,
    @Body() { into, reason }: MergeDealRequest,
    @CurrentPrincipal() principal: Principal,
    @IfMatch() accepted: AcceptedVersions | undefined,
    @Res({ passthrough: true }) response: Response,
  ): Promise<MergeDealResponse> {
    const survivor = await this.commands.execute(new MergeDeal(id, into, principal.email, reason ?? null, accepted));
    response.setHeader('ETag', toETag(survivor.version));
    return toMergeDealResponse(id, survivor);
  }
}
