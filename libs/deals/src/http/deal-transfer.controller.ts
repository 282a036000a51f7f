import { CurrentPrincipal, RequirePermission } from '#zakops/auth';
import type { Principal } from '#zakops/auth';
import {
  stringRule,
  Cursors,
  cursorScope,
  PageResponse,
  ProblemResponses,
  sendStream,
  setNextPage,
  TextBody,
  WALK_OF_FIXED_PLACES,
} from '#zakops/http';
import { Idempotent } from '#zakops/idempotency';
import { currentProvenance } from '#zakops/observability';
import { Body, Controller, Get, HttpCode, Param, Post, Query, Req, Res } from '@nestjs/common';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import { ApiAcceptedResponse, ApiBody, ApiConsumes, ApiOkResponse, ApiOperation, ApiProduces, ApiTags } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { CancelImport } from '../commands/cancel-import/cancel-import.command.js';
import { StartImport } from '../commands/start-import/start-import.command.js';
import { GetImport } from '../queries/get-import/get-import.query.js';
import { ListImportRows } from '../queries/list-import-rows/list-import-rows.query.js';
import { DealExportReader } from '../transfer/deal-export.reader.js';
import { checkRows } from '../transfer/import-row.js';
import { readRows } from '../transfer/read-rows.js';
import { toFile } from '../transfer/write-rows.js';
import type { TransferFormat } from '../transfer/write-rows.js';
import { ExportDealsParams, ImportDealsParams, ImportPath, ImportRowsParams } from './dto/transfer.request.js';
import { ImportResponse, ImportRowResponse, toImportResponse, toImportRowResponse } from './dto/transfer.response.js';

const TYPES: Readonly<Record<TransferFormat, string>> = { csv: 'text/csv', ndjson: 'application/x-ndjson' };
const LINE_RULE = stringRule({ pattern: /^\d{1,9}$/ });
const MAX_BYTES = 16 * 1_024 * 1_024;

/** Deals that go out and come in as files. */
@ApiTags('deals')
@Controller('api/deals')
export class DealTransferController {
  constructor(
    private readonly commands: CommandBus,
    private readonly queries: QueryBus,
    private readonly cursors: Cursors,
    private readonly exports: DealExportReader,
  ) {}

  @Get('export')
  @RequirePermission('deals:read')
  @ApiProduces(...Object.values(TYPES))
  @ApiOperation({
    operationId: 'exportDeals',
    summary: 'Export deals as CSV or NDJSON',
    description:
      'By id, in one stream: a deal that is there throughout is in it once, whatever changes meanwhile. Cells that a spreadsheet would take for ' +
      'formulas begin with an apostrophe, which an import takes away again. A broken connection means that the file is not complete.',
  })
  @ApiOkResponse({ description: 'The deals.', schema: { type: 'string' } })
  async export(@Query() { format, stage, status }: ExportDealsParams, @Res() response: Response): Promise<void> {
    response.setHeader('Content-Type', `${TYPES[format]}; charset=utf-8`);
    response.setHeader('Content-Disposition', `attachment; filename="deals.${format}"`);
    response.setHeader('Cache-Control', 'no-store');
    await sendStream(response, () => toFile(this.exports.portions({ stage, status }), format));
  }

  @Post('import')
  @Idempotent()
  @HttpCode(202)
  @RequirePermission('deals:write')
  @TextBody({ types: Object.values(TYPES), maxBytes: MAX_BYTES })
  @ApiConsumes(...Object.values(TYPES))
  @ApiBody({
    schema: { type: 'string', example: 'external_id,canonical_name,stage\r\nCRM-17,acme-plumbing,due_diligence\r\n' },
    description: 'The columns of an export; `canonical_name` is needed, the others may be missing. Up to 50,000 rows and 16 MiB.',
  })
  @ApiOperation({
    operationId: 'importDeals',
    summary: 'Import deals from CSV or NDJSON',
    description:
      'A row finds its deal by `deal_id`, else by `external_id`, else it opens one. Without either, `canonical_name` counts as the external id. ' +
      'A row may set any stage. The same file again changes nothing. A row that is wrong does not hold back the others: the report says why. ' +
      'The worker carries the import out as a task.',
  })
  @ApiAcceptedResponse({ type: ImportResponse, description: 'The task.' })
  @ProblemResponses('PAYLOAD_TOO_LARGE', 'UNSUPPORTED_MEDIA_TYPE', 'IMPORT_UNREADABLE')
  async import(
    @Query() { dry_run: isDryRun }: ImportDealsParams,
    @Body() text: string,
    @Req() request: Request,
    @CurrentPrincipal() principal: Principal,
    @Res({ passthrough: true }) response: Response,
  ): Promise<ImportResponse> {
    const format = request.is(TYPES.csv) === false ? 'ndjson' : 'csv';
    const rows = checkRows(readRows(typeof text === 'string' ? text : '', format));
    const view = await this.commands.execute(new StartImport(rows, isDryRun, currentProvenance().actor, principal.email));
    response.setHeader('Location', `/api/deals/imports/${view.id}`);
    return toImportResponse(view);
  }

  @Get('imports/:task_id')
  @RequirePermission('deals:read')
  @ApiOperation({
    operationId: 'getDealImport',
    summary: 'Say how far an import is',
    description: 'The state, and how many rows are done, created, changed, unchanged and failed. `GET .../rows` has the rows.',
  })
  @ApiOkResponse({ type: ImportResponse, description: 'The task.' })
  @ProblemResponses('NOT_FOUND')
  async progress(@Param() { task_id: id }: ImportPath): Promise<ImportResponse> {
    return toImportResponse(await this.queries.execute(new GetImport(id)));
  }

  @Get('imports/:task_id/rows')
  @RequirePermission('deals:read')
  @ApiOperation({
    operationId: 'listDealImportRows',
    summary: 'Report on the rows of an import',
    description: `By line. ${WALK_OF_FIXED_PLACES}`,
  })
  @PageResponse(ImportRowResponse, 'A page of rows.')
  @ProblemResponses('NOT_FOUND')
  async rows(
    @Param() { task_id: id }: ImportPath,
    @Query() { state, limit, cursor }: ImportRowsParams,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ): Promise<ImportRowResponse[]> {
    const scope = cursorScope('deal-import-rows', { id, state });
    const after = this.cursors.read(scope, cursor, { line: LINE_RULE });
    const found = await this.queries.execute(new ListImportRows(id, state, limit + 1, Number(after?.line ?? 0)));
    const shown = found.slice(0, limit);
    const last = shown.at(-1);
    setNextPage(
      request,
      response,
      this.cursors.write(scope, found.length > limit && last !== undefined ? { line: String(last.line) } : null),
    );
    return shown.map(toImportRowResponse);
  }

  @Post('imports/:task_id/cancel')
  @Idempotent()
  @HttpCode(200)
  @RequirePermission('deals:write')
  @ApiOperation({
    operationId: 'cancelDealImport',
    summary: 'Stop an import',
    description: 'What is imported stays, the rest is left. One that has ended is answered as it is.',
  })
  @ApiOkResponse({ type: ImportResponse, description: 'The task.' })
  @ProblemResponses('NOT_FOUND')
  async cancel(@Param() { task_id: id }: ImportPath): Promise<ImportResponse> {
    return toImportResponse(await this.commands.execute(new CancelImport(id)));
  }
}
