import { RequirePermission } from '#zakops/auth';
import { ETAG_HEADER, IfMatch, ProblemResponses, toETag } from '#zakops/http';
import { Idempotent } from '#zakops/idempotency';
import type { AcceptedVersions } from '#zakops/kernel';
import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Post, Res } from '@nestjs/common';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import { ApiCreatedResponse, ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Response } from 'express';
import { RemoveGuard } from '../commands/remove-guard/remove-guard.command.js';
import { SaveGuard } from '../commands/save-guard/save-guard.command.js';
import { ListGuards } from '../queries/list-guards/list-guards.query.js';
import type { GuardView } from '../views/guard.js';
import { AddGuardRequest, ChangeGuardRequest, GuardPath, toGuardFields } from './dto/guard.request.js';
import { GuardResponse, toGuardResponse } from './dto/guard.response.js';

/** Rules that a move must keep, beside the stage machine. */
@ApiTags('deals')
@Controller('api/admin/deal-guards')
export class DealGuardsController {
  constructor(
    private readonly commands: CommandBus,
    private readonly queries: QueryBus,
  ) {}

  @Get()
  @RequirePermission('deals:read')
  @ApiOperation({
    operationId: 'listDealGuards',
    summary: 'List the guards of moves',
    description: 'All of them, by stage. Those that come with the product are disabled until an administrator enables them.',
  })
  @ApiOkResponse({ type: [GuardResponse], description: 'The guards.' })
  async list(): Promise<GuardResponse[]> {
    return (await this.queries.execute(new ListGuards())).map(toGuardResponse);
  }

  @Post()
  @Idempotent()
  @RequirePermission('admin:system')
  @ApiOperation({ operationId: 'addDealGuard', summary: 'Add a guard', description: 'It is enabled unless the body says otherwise.' })
  @ApiCreatedResponse({ type: GuardResponse, description: 'The guard.', headers: ETAG_HEADER })
  async add(@Body() body: AddGuardRequest, @Res({ passthrough: true }) response: Response): Promise<GuardResponse> {
    return show(await this.commands.execute(new SaveGuard(undefined, toGuardFields(body), undefined)), response);
  }

  @Patch(':id')
  @Idempotent()
  @RequirePermission('admin:system')
  @ApiOperation({
    operationId: 'changeDealGuard',
    summary: 'Change a guard',
    description: 'Switch it on or off by `enabled`. It counts for the next move.',
  })
  @ApiOkResponse({ type: GuardResponse, description: 'The guard after the change.', headers: ETAG_HEADER })
  @ProblemResponses('NOT_FOUND', 'PRECONDITION_FAILED')
  async change(
    @Param() { id }: GuardPath,
    @Body() body: ChangeGuardRequest,
    @IfMatch() accepted: AcceptedVersions | undefined,
    @Res({ passthrough: true }) response: Response,
  ): Promise<GuardResponse> {
    return show(await this.commands.execute(new SaveGuard(id, toGuardFields(body), accepted)), response);
  }

  @Delete(':id')
  @HttpCode(204)
  @RequirePermission('admin:system')
  @ApiOperation({ operationId: 'removeDealGuard', summary: 'Remove a guard', description: 'The audit log keeps what it said.' })
  @ApiNoContentResponse({ description: 'It is gone.' })
  @ProblemResponses('NOT_FOUND')
  async remove(@Param() { id }: GuardPath): Promise<void> {
    await this.commands.execute(new RemoveGuard(id));
  }
}

function show(guard: GuardView, response: Response): GuardResponse {
  response.setHeader('ETag', toETag(guard.version));
  return toGuardResponse(guard);
}
