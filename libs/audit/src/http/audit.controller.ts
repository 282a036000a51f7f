import { FreshLogin, RequirePermission } from '#zakops/auth';
import {
  CURSOR_RULES,
  Cursors,
  cursorScope,
  PAGE_HEADERS,
  ProblemResponses,
  setNextPage,
  signalOfClose,
  WALK_OF_FIXED_PLACES,
} from '#zakops/http';
import { Controller, Get, Param, Query, Req, Res } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { pipeline } from 'node:stream/promises';
import { ExportAuditChain } from '../queries/export-audit-chain/export-audit-chain.query.js';
import { GetAuditEntry } from '../queries/get-audit-entry/get-audit-entry.query.js';
import { ListAuditEntries } from '../queries/list-audit-entries/list-audit-entries.query.js';
import { VerifyAuditChain } from '../queries/verify-audit-chain/verify-audit-chain.query.js';
import { AuditEntryListResponse, AuditEntryResponse, toAuditEntryResponse } from './dto/audit-entry.response.js';
import { AuditVerificationResponse, toAuditVerificationResponse } from './dto/audit-verification.response.js';
import { AuditEntryPath, ExportAuditChainParams, ListAuditEntriesParams, VerifyAuditChainParams } from './dto/audit.requests.js';
import { toFilter, toKnownAnchor } from './to-audit-query.js';

const NDJSON = 'application/x-ndjson';

/** The audit log for administrators. Each of these calls leaves an entry itself. */
@ApiTags('audit')
@RequirePermission('admin:system')
@Controller('api/admin/audit')
export class AuditController {
  constructor(
    private readonly queries: QueryBus,
    private readonly cursors: Cursors,
  ) {}

  @Get()
  @ApiOperation({ operationId: 'listAuditEntries', summary: 'Who did what, newest first', description: WALK_OF_FIXED_PLACES })
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
      'Computes every hash anew. A chain that was rewritten as a whole shows only by anchors: give those that the log, the file or the ' +
      'webhook has. Entries that were left out of the chain are looked for unless `from` or `to` narrows the check. Takes about 20 s for a million entries.',
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
    summary: 'Every entry with its link',
    description:
      'One line of JSON for each position up to the end that the chain has at the beginning, in the form in which it is hashed; then a last ' +
      'line with the count and the head. `zakops audit verify --file` checks it without the database; docs/audit.md has the form.',
  })
  @ApiOkResponse({ description: 'Lines of JSON.', content: { [NDJSON]: { schema: { type: 'string' } } } })
  @ProblemResponses('REAUTHENTICATION_REQUIRED')
  async export(@Query() { from }: ExportAuditChainParams, @Req() request: Request, @Res() response: Response): Promise<void> {
    response.setHeader('Content-Type', NDJSON);
    response.setHeader('Content-Disposition', 'attachment; filename="audit.ndjson"');
    // Express answers HEAD by the GET handler, and the database would be read for nothing.
    if (request.method === 'HEAD') {
      response.end();
      return;
    }
    const lines = await this.queries.execute(new ExportAuditChain(from));
    // Waits while the client does not read, and stops reading the database when it leaves.
    await pipeline(lines, response).catch((error: unknown) => {
      if (!response.destroyed || !isPrematureClose(error)) throw error;
    });
  }

  @Get(':id')
  @ApiOperation({ operationId: 'getAuditEntry', summary: 'One entry of the audit log' })
  @ApiOkResponse({ type: AuditEntryResponse })
  @ProblemResponses('NOT_FOUND')
  async get(@Param() { id }: AuditEntryPath): Promise<AuditEntryResponse> {
    return toAuditEntryResponse(await this.queries.execute(new GetAuditEntry(id)));
  }
}

/** The client left; that is no error of ours. */
function isPrematureClose(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ERR_STREAM_PREMATURE_CLOSE';
}
