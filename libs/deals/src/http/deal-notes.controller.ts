import { CurrentPrincipal, RequirePermission } from '#zakops/auth';
import type { Principal } from '#zakops/auth';
import {
  CURSOR_RULES,
  Cursors,
  cursorScope,
  ETAG_HEADER,
  IfMatch,
  PageResponse,
  ProblemResponses,
  setNextPage,
  toETag,
  WALK_OF_FIXED_PLACES,
} from '#zakops/http';
import { Idempotent } from '#zakops/idempotency';
import type { AcceptedVersions } from '#zakops/kernel';
import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Post, Query, Req, Res } from '@nestjs/common';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import { ApiCreatedResponse, ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { AddNote } from '../commands/add-note/add-note.command.js';
import { ChangeNote } from '../commands/change-note/change-note.command.js';
import { RemoveNote } from '../commands/remove-note/remove-note.command.js';
import type { NoteEditor } from '../domain/deal-note.js';
import { GetNote } from '../queries/get-note/get-note.query.js';
import { ListNotes } from '../queries/list-notes/list-notes.query.js';
import type { RecordedNote } from '../views/note.js';
import { DealPath } from './dto/deal.path.js';
import { NotePath } from './dto/deal-part.path.js';
import { AddNoteRequest, ChangeNoteRequest, ListNotesParams } from './dto/note.request.js';
import { NoteResponse, toNoteResponse } from './dto/note.response.js';
import { requireChange } from './require-change.js';

/** What people write about a deal. */
@ApiTags('deals')
@Controller('api/deals/:id')
export class DealNotesController {
  constructor(
    private readonly commands: CommandBus,
    private readonly queries: QueryBus,
    private readonly cursors: Cursors,
  ) {}

  @Post('note')
  @Idempotent()
  @RequirePermission('deals:write')
  @ApiOperation({
    operationId: 'addNote',
    summary: 'Write a note about a deal',
    description: 'The caller becomes its author. `ETag` is that of the note.',
  })
  @ApiCreatedResponse({
    type: NoteResponse,
    description: 'The new note.',
    headers: { ...ETAG_HEADER, Location: { description: 'The path of the note.', required: true, schema: { type: 'string' } } },
  })
  @ProblemResponses('DEAL_NOT_FOUND', 'DEAL_MERGED', 'PAYLOAD_TOO_LARGE', 'EVENT_TOO_LARGE')
  async add(
    @Param() { id }: DealPath,
    @Body() { content, category }: AddNoteRequest,
    @CurrentPrincipal() principal: Principal,
    @Res({ passthrough: true }) response: Response,
  ): Promise<NoteResponse> {
    const note = await this.commands.execute(new AddNote(id, { content, category }, toEditor(principal)));
    response.setHeader('Location', `/api/deals/${id}/notes/${note.id}`);
    return showNote(note, response);
  }

  @Get('notes')
  @RequirePermission('deals:read')
  @ApiOperation({ operationId: 'listNotes', summary: 'List the notes of a deal', description: `Newest first. ${WALK_OF_FIXED_PLACES}` })
  @PageResponse(NoteResponse, 'A page of notes.')
  @ProblemResponses('DEAL_NOT_FOUND')
  async list(
    @Param() { id }: DealPath,
    @Query() { category, limit, cursor }: ListNotesParams,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ): Promise<NoteResponse[]> {
    const scope = cursorScope('deal-notes', { id, category });
    const after = this.cursors.read(scope, cursor, { at: CURSOR_RULES.instant, id: CURSOR_RULES.uuid });
    const page = await this.queries.execute(new ListNotes(id, category, limit, after));
    setNextPage(request, response, this.cursors.write(scope, page.next && { ...page.next }));
    return page.items.map(toNoteResponse);
  }

  @Get('notes/:note_id')
  @RequirePermission('deals:read')
  @ApiOperation({
    operationId: 'getNote',
    summary: 'Read a note of a deal',
    description: 'The note with its author, category and text. A removed note is 404.',
  })
  @ApiOkResponse({ type: NoteResponse, description: 'The note.' })
  @ProblemResponses('DEAL_NOT_FOUND', 'NOT_FOUND')
  async get(@Param() { id, note_id: noteId }: NotePath, @Res({ passthrough: true }) response: Response): Promise<NoteResponse> {
    return showNote(await this.queries.execute(new GetNote(id, noteId)), response);
  }

  @Patch('notes/:note_id')
  @Idempotent()
  @RequirePermission('deals:write')
  @ApiOperation({
    operationId: 'changeNote',
    summary: 'Change a note of a deal',
    description: 'Only its author and administrators may. `ETag` and `If-Match` are those of the note.',
  })
  @ApiOkResponse({ type: NoteResponse, description: 'The note after the change.', headers: ETAG_HEADER })
  @ProblemResponses(
    'FORBIDDEN',
    'DEAL_NOT_FOUND',
    'DEAL_MERGED',
    'NOT_FOUND',
    'PRECONDITION_FAILED',
    'PAYLOAD_TOO_LARGE',
    'EVENT_TOO_LARGE',
  )
  async change(
    @Param() { id, note_id: noteId }: NotePath,
    @Body() body: ChangeNoteRequest,
    @CurrentPrincipal() principal: Principal,
    @IfMatch() acceptedVersions: AcceptedVersions | undefined,
    @Res({ passthrough: true }) response: Response,
  ): Promise<NoteResponse> {
    requireChange(body);
    const { content, category } = body;
    const changes = { ...(content === undefined ? {} : { content }), ...(category === undefined ? {} : { category }) };
    return showNote(await this.commands.execute(new ChangeNote(id, noteId, changes, toEditor(principal), acceptedVersions)), response);
  }

  @Delete('notes/:note_id')
  @HttpCode(204)
  @RequirePermission('deals:write')
  @ApiOperation({
    operationId: 'removeNote',
    summary: 'Remove a note of a deal',
    description: 'Only its author and administrators may. `If-Match` is that of the note.',
  })
  @ApiNoContentResponse({ description: 'It is gone.' })
  @ProblemResponses('FORBIDDEN', 'DEAL_NOT_FOUND', 'DEAL_MERGED', 'NOT_FOUND', 'PRECONDITION_FAILED', 'EVENT_TOO_LARGE')
  async remove(
    @Param() { id, note_id: noteId }: NotePath,
    @CurrentPrincipal() principal: Principal,
    @IfMatch() acceptedVersions: AcceptedVersions | undefined,
  ): Promise<void> {
    await this.commands.execute(new RemoveNote(id, noteId, toEditor(principal), acceptedVersions));
  }
}

// A key that may not manage operators is no administrator, whatever its owner is.
function toEditor({ id, email, scopes }: Principal): NoteEditor {
  return { id, email, mayEditAll: scopes.has('admin:users') };
}

function showNote(note: RecordedNote, response: Response): NoteResponse {
  response.setHeader('ETag', toETag(note.version));
  return toNoteResponse(note);
}
