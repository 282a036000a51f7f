import { CurrentPrincipal, RequirePermission } from '#zakops/auth';
import type { Principal } from '#zakops/auth';
import {
  CURSOR_RULES,
  Cursors,
  cursorScope,
  ETAG_HEADER,
  PageResponse,
  ProblemResponses,
  setNextPage,
  toETag,
  WALK_OF_FIXED_PLACES,
} from '#zakops/http';
import { Idempotent } from '#zakops/idempotency';
import { Body, Controller, Get, Param, Post, Query, Req, Res } from '@nestjs/common';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import { ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { AddItemNote } from '../commands/add-item-note/add-item-note.command.js';
import { ReceiveMail } from '../commands/receive-mail/receive-mail.command.js';
import { GetItem } from '../queries/get-item/get-item.query.js';
import { GetQueueStats } from '../queries/get-queue-stats/get-queue-stats.query.js';
import { ListItemNotes } from '../queries/list-item-notes/list-item-notes.query.js';
import { AddItemNoteRequest, ItemPath } from './dto/decision.request.js';
import { ItemNoteResponse, QuarantineHealthResponse, toItemNoteResponse, toQuarantineHealthResponse } from './dto/decision.response.js';
import { QuarantineItemResponse, toQuarantineItemResponse } from './dto/item.response.js';
import { ListItemsParams, NoteListParams } from './dto/list-items.params.js';
import { QuarantinePreviewResponse } from './dto/preview.response.js';
import { ReceiveMailRequest, toMail } from './dto/receive-mail.request.js';
import { QUEUE_WALK, QuarantineQueue } from './quarantine-queue.js';

/** Mail that waits for a decision. */
@ApiTags('quarantine')
@Controller('api/quarantine')
export class QuarantineController {
  constructor(
    private readonly commands: CommandBus,
    private readonly queries: QueryBus,
    private readonly cursors: Cursors,
    private readonly queue: QuarantineQueue,
  ) {}

  @Get()
  @RequirePermission('quarantine:read')
  @ApiOperation({
    operationId: 'listQuarantine',
    summary: 'List mail in quarantine',
    description: `By urgency, then newest first; those that wait unless another \`status\` is given. ${QUEUE_WALK}`,
  })
  @PageResponse(QuarantineItemResponse, 'A page of items.')
  async list(
    @Query() params: ListItemsParams,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ): Promise<QuarantineItemResponse[]> {
    return this.queue.list(params, request, response);
  }

  @Post()
  @Idempotent()
  @RequirePermission('quarantine:process')
  @ApiOperation({
    operationId: 'receiveMail',
    summary: 'Take a mail in',
    description:
      'Once for each `message_id`: the same mail again is answered with 200 and the item, and changes nothing; another mail under the same ' +
      'id is refused with 409. What is known of the sender is updated in the same transaction.',
  })
  @ApiCreatedResponse({
    type: QuarantineItemResponse,
    description: 'The new item.',
    headers: { ...ETAG_HEADER, Location: { description: 'The path of the item.', required: true, schema: { type: 'string' } } },
  })
  @ApiOkResponse({ type: QuarantineItemResponse, description: 'The item, which was here already.', headers: ETAG_HEADER })
  @ProblemResponses('PAYLOAD_TOO_LARGE', 'EVENT_TOO_LARGE', 'CONFLICT')
  async receive(@Body() body: ReceiveMailRequest, @Res({ passthrough: true }) response: Response): Promise<QuarantineItemResponse> {
    const { item, isNew } = await this.commands.execute(new ReceiveMail(toMail(body)));
    response.status(isNew ? 201 : 200);
    if (isNew) response.setHeader('Location', `/api/quarantine/${item.id}`);
    response.setHeader('ETag', toETag(item.version));
    return toQuarantineItemResponse(item);
  }

  @Get('health')
  @RequirePermission('quarantine:read')
  @ApiOperation({
    operationId: 'getQuarantineHealth',
    summary: 'Say how much mail waits',
    description: 'How much mail waits for a decision, how much of it is urgent, and since when the oldest waits.',
  })
  @ApiOkResponse({ type: QuarantineHealthResponse, description: 'The queue.' })
  async health(): Promise<QuarantineHealthResponse> {
    return toQuarantineHealthResponse(await this.queries.execute(new GetQueueStats()));
  }

  @Get(':id')
  @RequirePermission('quarantine:read')
  @ApiOperation({
    operationId: 'getQuarantineItem',
    summary: 'Read a mail in quarantine',
    description: 'Without its text; see the preview.',
  })
  @ApiOkResponse({ type: QuarantineItemResponse, description: 'The item.' })
  @ProblemResponses('QUARANTINE_ITEM_NOT_FOUND')
  async get(@Param() { id }: ItemPath, @Res({ passthrough: true }) response: Response): Promise<QuarantineItemResponse> {
    const item = await this.queries.execute(new GetItem(id));
    response.setHeader('ETag', toETag(item.version));
    return toQuarantineItemResponse(item);
  }

  @Get(':id/preview')
  @RequirePermission('quarantine:read')
  @ApiOperation({
    operationId: 'previewQuarantineItem',
    summary: 'Show a mail with the deals that it may belong to',
    description:
      'Each proposal says why: from 1.00 for a listing id to 0.60 for broker, sector and location. A proposal of at least ' +
      '`QUARANTINE_MATCH_CONFIDENCE` that is alone at the top, and whose deal is open, is the default of `approve`.',
  })
  @ApiOkResponse({ type: QuarantinePreviewResponse, description: 'The mail and its proposals.' })
  @ProblemResponses('QUARANTINE_ITEM_NOT_FOUND')
  async preview(@Param() { id }: ItemPath): Promise<QuarantinePreviewResponse> {
    return this.queue.preview(id);
  }

  @Get(':id/notes')
  @RequirePermission('quarantine:read')
  @ApiOperation({
    operationId: 'listQuarantineNotes',
    summary: 'List the notes on a mail',
    description: `Oldest first. ${WALK_OF_FIXED_PLACES}`,
  })
  @PageResponse(ItemNoteResponse, 'A page of notes.')
  @ProblemResponses('QUARANTINE_ITEM_NOT_FOUND')
  async notes(
    @Param() { id }: ItemPath,
    @Query() { limit, cursor }: NoteListParams,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ): Promise<ItemNoteResponse[]> {
    const scope = cursorScope('quarantine-notes', { id });
    const after = this.cursors.read(scope, cursor, { id: CURSOR_RULES.uuid });
    const page = await this.queries.execute(new ListItemNotes(id, limit, after?.id));
    setNextPage(request, response, this.cursors.write(scope, page.next === null ? null : { id: page.next }));
    return page.items.map(toItemNoteResponse);
  }

  @Post(':id/notes')
  @Idempotent()
  @RequirePermission('quarantine:process')
  @ApiOperation({
    operationId: 'addQuarantineNote',
    summary: 'Write a note on a mail',
    description: 'Notes are kept, and cannot be changed.',
  })
  @ApiCreatedResponse({ type: ItemNoteResponse, description: 'The note.' })
  @ProblemResponses('QUARANTINE_ITEM_NOT_FOUND')
  async addNote(
    @Param() { id }: ItemPath,
    @Body() { content }: AddItemNoteRequest,
    @CurrentPrincipal() principal: Principal,
  ): Promise<ItemNoteResponse> {
    return toItemNoteResponse(await this.commands.execute(new AddItemNote(id, content, principal.email)));
  }
}
