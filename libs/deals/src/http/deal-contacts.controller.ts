import { RequirePermission } from '#zakops/auth';
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
import { AddContact } from '../commands/add-contact/add-contact.command.js';
import { ChangeContact } from '../commands/change-contact/change-contact.command.js';
import { RemoveContact } from '../commands/remove-contact/remove-contact.command.js';
import { GetContact } from '../queries/get-contact/get-contact.query.js';
import { ListContacts } from '../queries/list-contacts/list-contacts.query.js';
import type { RecordedContact } from '../views/contact.js';
import { AddContactRequest, ChangeContactRequest, toContactChanges, toContactDetails } from './dto/contact.request.js';
import { ContactResponse, toContactResponse } from './dto/contact.response.js';
import { DealPath } from './dto/deal.path.js';
import { ContactPath } from './dto/deal-part.path.js';
import { WholeListParams } from './dto/whole-list.params.js';
import { requireChange } from './require-change.js';

/** The people on the other side of a deal. */
@ApiTags('deals')
@Controller('api/deals/:id/contacts')
export class DealContactsController {
  constructor(
    private readonly commands: CommandBus,
    private readonly queries: QueryBus,
    private readonly cursors: Cursors,
  ) {}

  @Get()
  @RequirePermission('deals:read')
  @ApiOperation({
    operationId: 'listContacts',
    summary: 'List the contacts of a deal',
    description: `In the order in which they were added. The broker is in the deal. ${WALK_OF_FIXED_PLACES}`,
  })
  @PageResponse(ContactResponse, 'A page of contacts.')
  @ProblemResponses('DEAL_NOT_FOUND')
  async list(
    @Param() { id }: DealPath,
    @Query() { limit, cursor }: WholeListParams,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ): Promise<ContactResponse[]> {
    const scope = cursorScope('deal-contacts', { id });
    const page = await this.queries.execute(new ListContacts(id, limit, this.cursors.read(scope, cursor, { id: CURSOR_RULES.uuid })));
    setNextPage(request, response, this.cursors.write(scope, page.next && { ...page.next }));
    return page.items.map(toContactResponse);
  }

  @Post()
  @Idempotent()
  @RequirePermission('deals:write')
  @ApiOperation({
    operationId: 'addContact',
    summary: 'Add a contact to a deal',
    description: 'A primary contact takes the place of the one before. `ETag` is that of the contact.',
  })
  @ApiCreatedResponse({
    type: ContactResponse,
    description: 'The new contact.',
    headers: { ...ETAG_HEADER, Location: { description: 'The path of the contact.', required: true, schema: { type: 'string' } } },
  })
  @ProblemResponses('DEAL_NOT_FOUND', 'DEAL_MERGED', 'PAYLOAD_TOO_LARGE', 'EVENT_TOO_LARGE')
  async add(
    @Param() { id }: DealPath,
    @Body() body: AddContactRequest,
    @Res({ passthrough: true }) response: Response,
  ): Promise<ContactResponse> {
    const contact = await this.commands.execute(new AddContact(id, toContactDetails(body)));
    response.setHeader('Location', `/api/deals/${id}/contacts/${contact.id}`);
    return showContact(contact, response);
  }

  @Get(':contact_id')
  @RequirePermission('deals:read')
  @ApiOperation({
    operationId: 'getContact',
    summary: 'Read a contact of a deal',
    description: 'A person on the other side of the deal, with role, company and addresses.',
  })
  @ApiOkResponse({ type: ContactResponse, description: 'The contact.' })
  @ProblemResponses('DEAL_NOT_FOUND', 'NOT_FOUND')
  async get(@Param() { id, contact_id: contactId }: ContactPath, @Res({ passthrough: true }) response: Response): Promise<ContactResponse> {
    return showContact(await this.queries.execute(new GetContact(id, contactId)), response);
  }

  @Patch(':contact_id')
  @Idempotent()
  @RequirePermission('deals:write')
  @ApiOperation({
    operationId: 'changeContact',
    summary: 'Change a contact of a deal',
    description: 'A field that is not given stays as it is. `ETag` and `If-Match` are those of the contact.',
  })
  @ApiOkResponse({ type: ContactResponse, description: 'The contact after the change.', headers: ETAG_HEADER })
  @ProblemResponses('DEAL_NOT_FOUND', 'DEAL_MERGED', 'NOT_FOUND', 'PRECONDITION_FAILED', 'PAYLOAD_TOO_LARGE', 'EVENT_TOO_LARGE')
  async change(
    @Param() { id, contact_id: contactId }: ContactPath,
    @Body() body: ChangeContactRequest,
    @IfMatch() acceptedVersions: AcceptedVersions | undefined,
    @Res({ passthrough: true }) response: Response,
  ): Promise<ContactResponse> {
    requireChange(body);
    return showContact(await this.commands.execute(new ChangeContact(id, contactId, toContactChanges(body), acceptedVersions)), response);
  }

  @Delete(':contact_id')
  @HttpCode(204)
  @RequirePermission('deals:write')
  @ApiOperation({
    operationId: 'removeContact',
    summary: 'Remove a contact from a deal',
    description: '`If-Match` is that of the contact.',
  })
  @ApiNoContentResponse({ description: 'It is gone.' })
  @ProblemResponses('DEAL_NOT_FOUND', 'DEAL_MERGED', 'NOT_FOUND', 'PRECONDITION_FAILED', 'EVENT_TOO_LARGE')
  async remove(
    @Param() { id, contact_id: contactId }: ContactPath,
    @IfMatch() acceptedVersions: AcceptedVersions | undefined,
  ): Promise<void> {
    await this.commands.execute(new RemoveContact(id, contactId, acceptedVersions));
  }
}

function showContact(contact: RecordedContact, response: Response): ContactResponse {
  response.setHeader('ETag', toETag(contact.version));
  return toContactResponse(contact);
}
