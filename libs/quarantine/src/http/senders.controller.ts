import { RequirePermission } from '#zakops/auth';
import {
  Cursors,
  cursorScope,
  ETAG_HEADER,
  IfMatch,
  PageResponse,
  ProblemResponses,
  setNextPage,
  toETag,
  WALK_BY_OFFSET,
} from '#zakops/http';
import { Idempotent } from '#zakops/idempotency';
import { foldText } from '#zakops/kernel';
import type { AcceptedVersions } from '#zakops/kernel';
import { Body, Controller, Get, Param, Patch, Query, Req, Res } from '@nestjs/common';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { UpdateSender } from '../senders/commands/update-sender/update-sender.command.js';
import { GetSender } from '../senders/queries/get-sender/get-sender.query.js';
import { ListSenders } from '../senders/queries/list-senders/list-senders.query.js';
import { ListSendersParams, SENDER_PLACE_RULES, SenderPath } from './dto/list-senders.params.js';
import { SenderResponse, toSenderResponse } from './dto/sender.response.js';
import { toSenderFields, UpdateSenderRequest } from './dto/update-sender.request.js';

/** Who sends mail. */
@ApiTags('quarantine')
@Controller('api/senders')
export class SendersController {
  constructor(
    private readonly commands: CommandBus,
    private readonly queries: QueryBus,
    private readonly cursors: Cursors,
  ) {}

  @Get()
  @RequirePermission('quarantine:read')
  @ApiOperation({
    operationId: 'listSenders',
    summary: 'List senders',
    description: `Latest mail first. A walk by \`cursor\` misses senders whose mail comes in meanwhile: they move to the front. ${WALK_BY_OFFSET}`,
  })
  @PageResponse(SenderResponse, 'A page of senders.')
  async list(
    @Query() params: ListSendersParams,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ): Promise<SenderResponse[]> {
    const { is_broker: isBroker, sender_type: senderType, quality_rating: qualityRating, limit, offset, cursor } = params;
    const scope = cursorScope('senders', { isBroker: isBroker === undefined ? undefined : String(isBroker), senderType, qualityRating });
    const after = this.cursors.read(scope, cursor, SENDER_PLACE_RULES);
    const filter = { isBroker, senderType, qualityRating };
    const page = await this.queries.execute(new ListSenders(filter, limit, after === undefined ? { offset } : { after }));
    setNextPage(request, response, this.cursors.write(scope, page.next && { ...page.next }));
    return page.items.map(toSenderResponse);
  }

  @Get(':email')
  @RequirePermission('quarantine:read')
  @ApiOperation({ operationId: 'getSender', summary: 'Read a sender', description: 'By the address, in any case.' })
  @ApiOkResponse({ type: SenderResponse, description: 'The sender.' })
  @ProblemResponses('SENDER_NOT_FOUND')
  async get(@Param() { email }: SenderPath, @Res({ passthrough: true }) response: Response): Promise<SenderResponse> {
    const sender = await this.queries.execute(new GetSender(foldText(email)));
    response.setHeader('ETag', toETag(sender.version));
    return toSenderResponse(sender);
  }

  @Patch(':email')
  @Idempotent()
  @RequirePermission('quarantine:process')
  @ApiOperation({
    operationId: 'updateSender',
    summary: 'Say what a sender is',
    description: 'Later mail changes none of it; it only fills what is empty. Counters and deals are kept by the system.',
  })
  @ApiOkResponse({ type: SenderResponse, description: 'The sender after the change.', headers: ETAG_HEADER })
  @ProblemResponses('SENDER_NOT_FOUND', 'PRECONDITION_FAILED')
  async update(
    @Param() { email }: SenderPath,
    @Body() body: UpdateSenderRequest,
    @IfMatch() accepted: AcceptedVersions | undefined,
    @Res({ passthrough: true }) response: Response,
  ): Promise<SenderResponse> {
    const sender = await this.commands.execute(new UpdateSender(foldText(email), toSenderFields(body), accepted));
    response.setHeader('ETag', toETag(sender.version));
    return toSenderResponse(sender);
  }
}
