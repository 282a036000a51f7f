import { CurrentPrincipal, RequireLogin, RequirePermission } from '#zakops/auth';
import type { Principal } from '#zakops/auth';
import { Cursors, cursorScope, PAGE_HEADERS, setNextPage } from '#zakops/http';
import { Controller, Get, Query, Req, Res } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import type { SearchFilters } from '../persistence/search.reader.js';
import { SearchEverything } from '../queries/search-everything/search-everything.query.js';
import { SearchOfKind } from '../queries/search-kind/search-kind.query.js';
import type { Hit } from '../queries/search-kind/search-kind.query.js';
import type { SearchKind } from '../sources/search-source.js';
import { GlobalSearchResponse, toGlobalSearchResponse } from './dto/global-search.response.js';
import { SEARCH_PLACE_RULES, toPlaceKey, toSearchStart } from './dto/search-place.js';
import {
  SearchActionsParams,
  SearchDealsParams,
  SearchEverythingParams,
  SearchNotesParams,
  SearchQuarantineParams,
  SearchSendersParams,
} from './dto/search.params.js';
import {
  ActionHitsResponse,
  DealHitsResponse,
  NoteHitsResponse,
  QuarantineHitsResponse,
  SenderHitsResponse,
  toActionHit,
  toDealHit,
  toNoteHit,
  toQuarantineHit,
  toSenderHit,
} from './dto/search.responses.js';

const WALK =
  'A change is found as soon as it is committed. When fewer than three hits have the given words, words that are written alike are looked for ' +
  'too. A walk by `cursor` misses and repeats nothing that keeps its place; a walk by `offset` is not possible.';

interface Page {
  readonly q: string;
  readonly limit: number;
  readonly offset: number;
  readonly cursor?: string;
}

interface AnsweredPage<T> {
  results: T[];
  next_cursor: string | null;
  has_more: boolean;
  query: string;
  total: null;
  limit: number;
  offset: number;
  corrections: string[];
}

/** Finding things by words. */
@ApiTags('search')
@Controller('api/search')
export class SearchController {
  constructor(
    private readonly queries: QueryBus,
    private readonly cursors: Cursors,
  ) {}

  @Get('deals')
  @RequirePermission('deals:read')
  @ApiOperation({
    operationId: 'searchDeals',
    summary: 'Search deals',
    description: `By names, by texts of \`company_info\`, and by the number of the id; last changed first. ${WALK}`,
  })
  @ApiOkResponse({ type: DealHitsResponse, description: 'A page of deals.', headers: PAGE_HEADERS })
  async deals(
    @Query() { stage, status, ...page }: SearchDealsParams,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ): Promise<DealHitsResponse> {
    return this.page('deals', 'text', page, { stage, status }, toDealHit, request, response);
  }

  @Get('actions')
  @RequirePermission('actions:read')
  @ApiOperation({
    operationId: 'searchActions',
    summary: 'Search actions',
    description: `By title, summary and type; newest first. ${WALK}`,
  })
  @ApiOkResponse({ type: ActionHitsResponse, description: 'A page of actions.', headers: PAGE_HEADERS })
  async actions(
    @Query() { status, action_type, deal_id, ...page }: SearchActionsParams,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ): Promise<ActionHitsResponse> {
    return this.page('actions', 'text', page, { status, action_type, deal_id }, toActionHit, request, response);
  }

  @Get('quarantine')
  @RequirePermission('quarantine:read')
  @ApiOperation({
    operationId: 'searchQuarantine',
    summary: 'Search parked mail',
    description: `By subject, sender, company and broker; newest first. ${WALK}`,
  })
  @ApiOkResponse({ type: QuarantineHitsResponse, description: 'A page of parked mail.', headers: PAGE_HEADERS })
  async quarantine(
    @Query() { status, ...page }: SearchQuarantineParams,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ): Promise<QuarantineHitsResponse> {
    return this.page('quarantine', 'uuid', page, { status }, toQuarantineHit, request, response);
  }

  @Get('senders')
  @RequirePermission('quarantine:read')
  @ApiOperation({
    operationId: 'searchSenders',
    summary: 'Search senders',
    description: `By name, company and address; newest first. ${WALK}`,
  })
  @ApiOkResponse({ type: SenderHitsResponse, description: 'A page of senders.', headers: PAGE_HEADERS })
  async senders(
    @Query() page: SearchSendersParams,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ): Promise<SenderHitsResponse> {
    return this.page('senders', 'uuid', page, {}, toSenderHit, request, response);
  }

  @Get('notes')
  @RequirePermission('deals:read')
  @ApiOperation({
    operationId: 'searchNotes',
    summary: 'Search notes of deals',
    description: `By content and category; newest first. ${WALK}`,
  })
  @ApiOkResponse({ type: NoteHitsResponse, description: 'A page of notes.', headers: PAGE_HEADERS })
  async notes(
    @Query() { deal_id, ...page }: SearchNotesParams,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ): Promise<NoteHitsResponse> {
    return this.page('notes', 'uuid', page, { deal_id }, toNoteHit, request, response);
  }

  @Get('global')
  @RequireLogin({ keys: true })
  @ApiOperation({
    operationId: 'searchEverything',
    summary: 'Search everything',
    description:
      'The hits of each kind, the best first: the whole title, its beginning, whole words, beginnings of words, other fields. At most the 100 ' +
      'newest hits of a kind are ranked. Kinds that the caller may not read are left out, and named in `left_out`.',
  })
  @ApiOkResponse({ type: GlobalSearchResponse, description: 'The best hits.' })
  async everything(
    @Query() { q, limit }: SearchEverythingParams,
    @CurrentPrincipal() { scopes }: Principal,
  ): Promise<GlobalSearchResponse> {
    return toGlobalSearchResponse(await this.queries.execute(new SearchEverything(q, limit, scopes)), q);
  }

  private async page<T>(
    kind: SearchKind,
    idType: 'text' | 'uuid',
    { q, limit, offset, cursor }: Page,
    filters: SearchFilters,
    toResult: (hit: Hit) => T,
    request: Request,
    response: Response,
  ): Promise<AnsweredPage<T>> {
    const scope = cursorScope(`search/${kind}`, { q, ...filters });
    const key = this.cursors.read(scope, cursor, SEARCH_PLACE_RULES[idType]);
    const start = key === undefined ? undefined : toSearchStart(key);
    const { hits, next, corrections } = await this.queries.execute(new SearchOfKind(kind, q, filters, limit, start));
    const nextCursor = this.cursors.write(scope, next === null ? null : toPlaceKey(next));
    setNextPage(request, response, nextCursor);
    return {
      results: hits.map(toResult),
      next_cursor: nextCursor,
      has_more: nextCursor !== null,
      query: q,
      total: null,
      limit,
      offset,
      corrections: [...corrections],
    };
  }
}
