import { Idempotent } from '#zakops/idempotency';
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
import type { AcceptedVersions } from '#zakops/kernel';
import { Body, Controller, Delete, Get, HttpCode, Param, Post, Query, Req, Res } from '@nestjs/common';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import { ApiCreatedResponse, ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { AddAlias } from '../commands/add-alias/add-alias.command.js';
import { RemoveAlias } from '../commands/remove-alias/remove-alias.command.js';
import { GetAlias } from '../queries/get-alias/get-alias.query.js';
import { ListAliases } from '../queries/list-aliases/list-aliases.query.js';
import { AddAliasRequest } from './dto/add-alias.request.js';
import { AliasResponse, toAliasResponse } from './dto/alias.response.js';
import { AliasPath, DealPath } from './dto/deal.path.js';
import { WholeListParams } from './dto/whole-list.params.js';

/** The other names of a deal. */
@ApiTags('deals')
@Controller('api/deals/:id/aliases')
export class DealAliasesController {
  constructor(
    private readonly commands: CommandBus,
    private readonly queries: QueryBus,
    private readonly cursors: Cursors,
  ) {}

  @Get()
  @RequirePermission('deals:read')
  @ApiOperation({
    operationId: 'listAliases',
    summary: 'List the aliases of a deal',
    description: `Highest confidence first. ${WALK_OF_FIXED_PLACES}`,
  })
  @PageResponse(AliasResponse, 'A page of aliases.')
  @ProblemResponses('DEAL_NOT_FOUND')
  async list(
    @Param() { id }: DealPath,
    @Query() { limit, cursor }: WholeListParams,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ): Promise<AliasResponse[]> {
    const scope = cursorScope('deal-aliases', { id });
    const after = this.cursors.read(scope, cursor, { confidence: CURSOR_RULES.fraction, id: CURSOR_RULES.uuid });
    const page = await this.queries.execute(new ListAliases(id, limit, after));
    setNextPage(request, response, this.cursors.write(scope, page.next && { ...page.next }));
    return page.items.map(toAliasResponse);
  }

  @Post()
  @Idempotent()
  @RequirePermission('deals:write')
  @ApiOperation({
    operationId: 'addAlias',
    summary: 'Add an alias to a deal',
    description: 'It is a change of the deal: `ETag` and `If-Match` are those of the deal.',
  })
  @ApiCreatedResponse({
    type: AliasResponse,
    description: 'The new alias.',
    headers: { ...ETAG_HEADER, Location: { description: 'The path of the alias.', required: true, schema: { type: 'string' } } },
  })
  @ProblemResponses(
    'DEAL_NOT_FOUND',
    'DEAL_MERGED',
    'CONFLICT',
    'PRECONDITION_FAILED',
    'PAYLOAD_TOO_LARGE',
    'EVENT_TOO_LARGE',
    'RULE_BROKEN',
  )
  async add(
    @Param() { id }: DealPath,
    @Body() body: AddAliasRequest,
    @IfMatch() acceptedVersions: AcceptedVersions | undefined,
    @Res({ passthrough: true }) response: Response,
  ): Promise<AliasResponse> {
    const { alias, alias_type: aliasType, confidence, source } = body;
    const added = await this.commands.execute(new AddAlias(id, { alias, aliasType, confidence, source }, acceptedVersions));
    response.setHeader('Location', `/api/deals/${id}/aliases/${added.alias.id}`);
    response.setHeader('ETag', toETag(added.version));
    return toAliasResponse(added.alias);
  }

  @Get(':alias_id')
  @RequirePermission('deals:read')
  @ApiOperation({
    operationId: 'getAlias',
    summary: 'Read an alias of a deal',
    description: 'One further name by which mail and searches recognise the deal.',
  })
  @ApiOkResponse({ type: AliasResponse, description: 'The alias.' })
  @ProblemResponses('DEAL_NOT_FOUND', 'NOT_FOUND')
  async get(@Param() { id, alias_id: aliasId }: AliasPath, @Res({ passthrough: true }) response: Response): Promise<AliasResponse> {
    const { alias, dealVersion } = await this.queries.execute(new GetAlias(id, aliasId));
    response.setHeader('ETag', toETag(dealVersion));
    return toAliasResponse(alias);
  }

  @Delete(':alias_id')
  @HttpCode(204)
  @RequirePermission('deals:write')
  @ApiOperation({
    operationId: 'removeAlias',
    summary: 'Take an alias away from a deal',
    description: 'It is a change of the deal: `ETag` and `If-Match` are those of the deal.',
  })
  @ApiNoContentResponse({ description: 'It is gone.', headers: ETAG_HEADER })
  @ProblemResponses('DEAL_NOT_FOUND', 'NOT_FOUND', 'DEAL_MERGED', 'PRECONDITION_FAILED', 'EVENT_TOO_LARGE')
  async remove(
    @Param() { id, alias_id: aliasId }: AliasPath,
    @IfMatch() acceptedVersions: AcceptedVersions | undefined,
    @Res({ passthrough: true }) response: Response,
  ): Promise<void> {
    const { version } = await this.commands.execute(new RemoveAlias(id, aliasId.toLowerCase(), acceptedVersions));
    response.setHeader('ETag', toETag(version));
  }
}
