import { CurrentPrincipal, onBehalfNote, RequirePermission } from '#zakops/auth';
import type { Principal } from '#zakops/auth';
import { ETAG_HEADER, IfMatch, PageResponse, ProblemResponses, toETag } from '#zakops/http';
import { Idempotent } from '#zakops/idempotency';
import type { AcceptedVersions } from '#zakops/kernel';
import { Body, Controller, Get, HttpCode, Param, Post, Query, Req, Res } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { DecideItem } from '../commands/decide-item/decide-item.command.js';
import { ItemPath, PutAsideRequest } from './dto/decision.request.js';
import { DecidedItemResponse, toDecidedItemResponse } from './dto/decision.response.js';
import { QuarantineItemResponse } from './dto/item.response.js';
import { ListItemsParams } from './dto/list-items.params.js';
import { QuarantinePreviewResponse } from './dto/preview.response.js';
import { QUEUE_WALK, QuarantineQueue } from './quarantine-queue.js';

/** The queue under the paths of an older application. */
@ApiTags('quarantine')
@Controller('api/actions/quarantine')
export class ActionQuarantineController {
  constructor(
    private readonly commands: CommandBus,
    private readonly queue: QuarantineQueue,
  ) {}

  @Get()
  @RequirePermission('quarantine:read')
  @ApiOperation({
    operationId: 'listActionQuarantine',
    summary: 'List mail in quarantine',
    description: `As \`GET /api/quarantine\`. ${QUEUE_WALK}`,
  })
  @PageResponse(QuarantineItemResponse, 'A page of items.')
  async list(
    @Query() params: ListItemsParams,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ): Promise<QuarantineItemResponse[]> {
    return this.queue.list(params, request, response);
  }

  @Get(':id/preview')
  @RequirePermission('quarantine:read')
  @ApiOperation({
    operationId: 'previewActionQuarantine',
    summary: 'Show a mail with the deals that it may belong to',
    description: 'As `GET /api/quarantine/{id}/preview`.',
  })
  @ApiOkResponse({ type: QuarantinePreviewResponse, description: 'The mail and its proposals.' })
  @ProblemResponses('QUARANTINE_ITEM_NOT_FOUND')
  async preview(@Param() { id }: ItemPath): Promise<QuarantinePreviewResponse> {
    return this.queue.preview(id);
  }

  @Post(':id/reject')
  @Idempotent()
  @HttpCode(200)
  @RequirePermission('quarantine:process')
  @ApiOperation({
    operationId: 'rejectActionQuarantine',
    summary: 'Reject a mail',
    description: 'As `POST /api/quarantine/{id}/reject`.',
  })
  @ApiOkResponse({ type: DecidedItemResponse, description: 'The decision.', headers: ETAG_HEADER })
  @ProblemResponses('QUARANTINE_ITEM_NOT_FOUND', 'QUARANTINE_ITEM_DECIDED', 'PRECONDITION_FAILED')
  async reject(
    @Param() { id }: ItemPath,
    @Body() { reason, notes, operator }: PutAsideRequest,
    @CurrentPrincipal() principal: Principal,
    @IfMatch() accepted: AcceptedVersions | undefined,
    @Res({ passthrough: true }) response: Response,
  ): Promise<DecidedItemResponse> {
    const decision = { kind: 'reject', reason: reason ?? null } as const;
    const note = onBehalfNote(operator, principal);
    const decided = await this.commands.execute(new DecideItem(id, decision, principal.email, notes ?? null, accepted, note));
    response.setHeader('ETag', toETag(decided.version));
    return toDecidedItemResponse(decided);
  }
}
