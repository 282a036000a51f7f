import { FreshLogin, RequirePermission } from '#zakops/auth';
import {
  CURSOR_RULES,
  Cursors,
  cursorScope,
  PAGE_HEADERS,
  ProblemResponses,
  sendStream,
  setNextPage,
  signalOfClose,
  WALK_OF_FIXED_PLACES,
} from '#zakops/http';
import { Controller, Get, Param, Query, Req, Res } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { ExportAuditChain } from '../queries/export-audit-chain/export-audit-chain.query.js';
import { GetAuditEntry } from '../queries/get-audit-entry/get-audit-entry.query.js';
import { ListAuditEntries } from '../queries/list-audit-entries/list-audit-entries.query.js';
import { VerifyAuditChain } from '../queries/verify-audit-chain/verify-audit-chain.query.js';
import { AuditEntryListResponse, AuditEntryResponse, toAuditEntryResponse } from './dto/audit-entry.response.js';
import { AuditVerificationResponse, toAuditVerificationResponse } from './dto/audit-verification.response.js';
import { AuditEntryPath, ExportAuditChainParams, ListAuditEntriesParams, VerifyAuditChainParams } from './dto/audit.params.js';
import { toFilter, toKnownAnchor } from './to-audit-query.js';

const NDJSON = 'application/x-ndjson';

/** The audit log for administrators. Each call is recorded in the audit log too. */
@ApiTags('audit')
@RequirePermission('admin:system')
@Controller('api/admin/audit')
export class AuditController {
  constructor(
    private readonly queries: QueryBus,
    private readonly cursors: Cursors,
  ) {}

  @Get()
  @ApiOperation({ operationId: 'listAuditEntries', summary: 'List audit entries, newest first', description: WALK_OF_FIXED_PLACES })
  @ApiOkResponse({ type: AuditEntryListResponse, headers: PAGE_HEADERS })
  async list(
    @Query() params: ListAuditEntriesParams,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ): Promise<AuditEntryListResponse> {
    const filter = toFilter(params);
    const scope = cursorScope('audit', { ...filter });
    const after = this.cursors.read(scope, params.cursor, { i: CURSOR_RULES.uuid })?.i;
    const page = await this.queries.execute(new ListAuditEntries(filter, params.limit, after));
    const cursor = this.cursors.write(scope, page.next === null ? null : { i: page.next });
    setNextPage(request, response, cursor);
    return { entries: page.entries.map(toAuditEntryResponse), limit: params.limit, next_cursor: cursor };
  }

  @Get('verify')
  @ApiOperation({
    operationId: 'verifyAuditChain',
    summary: 'Check every entry and link of the chain',
    description:
      'Recomputes every hash. Only anchors show that a chain was rewritten as a whole: give those of the log, the file or the webhook. ' +
      'Without `from` and `to`, also finds entries that are not in the chain. Takes about 20 s for a million entries.',
  })
  @ApiOkResponse({ type: AuditVerificationResponse })
  async verify(
    @Query() { anchor = [], from, to }: VerifyAuditChainParams,
    @Res({ passthrough: true }) response: Response,
  ): Promise<AuditVerificationResponse> {
    const scope = { from, to, anchors: anchor.map(toKnownAnchor) };
    return toAuditVerificationResponse(await this.queries.execute(new VerifyAuditChain(scope, signalOfClose(response))));
  }

  @Get('export')
  @FreshLogin()
  @ApiOperation({
    operationId: 'exportAuditChain',
    summary: 'Export every entry with its link',
    description:
      'One line of JSON for each position up to the head at the start of the export, in the form that is hashed; then a last line with ' +
      'the number of lines and the head. `zakops audit verify --file` checks it without the database; docs/audit.md has the form.',
  })
  @ApiOkResponse({ description: 'Lines of JSON.', content: { [NDJSON]: { schema: { type: 'string' } } } })
  @ProblemResponses('REAUTHENTICATION_REQUIRED')
  async export(@Query() { from }: ExportAuditChainParams, @Res() response: Response): Promise<void> {
    response.setHeader('Content-Type', NDJSON);
    response.setHeader('Content-Disposition', 'attachment; filename="audit.ndjson"');
    await sendStream(response, () => this.queries.execute(new ExportAuditChain(from)));
  }

  @Get(':id')
  @ApiOperation({
    operationId: 'getAuditEntry',
    summary: 'Read an audit entry',
    description: 'One entry with its place in the chain of hashes; without one while it waits to be chained.',
  })
  @ApiOkResponse({ type: AuditEntryResponse })
  @ProblemResponses('NOT_FOUND')
  async get(@Param() { id }: AuditEntryPath): Promise<AuditEntryResponse> {
    return toAuditEntryResponse(await this.queries.execute(new GetAuditEntry(id)));
  }
}
