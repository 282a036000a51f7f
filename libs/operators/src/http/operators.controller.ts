import { Idempotent } from '#zakops/idempotency';
import { FreshLogin, RequirePermission } from '#zakops/auth';
import {
  CURSOR_RULES,
  Cursors,
  cursorScope,
  ETAG_HEADER,
  IfMatch,
  PageResponse,
  ProblemResponses,
  SecretAnswer,
  setNextPage,
  toETag,
  WALK_OF_FIXED_PLACES,
} from '#zakops/http';
import type { AcceptedVersions } from '#zakops/kernel';
import { Body, Controller, Get, Header, Param, Patch, Post, Query, Req, Res } from '@nestjs/common';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import { ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { InviteOperator } from '../commands/invite-operator/invite-operator.command.js';
import { ResetOperator } from '../commands/reset-operator/reset-operator.command.js';
import { UpdateOperator } from '../commands/update-operator/update-operator.command.js';
import type { OperatorState } from '../domain/operator.js';
import { roleOf } from '../domain/operator-role.js';
import { GetOperator } from '../queries/get-operator/get-operator.query.js';
import { ListOperators } from '../queries/list-operators/list-operators.query.js';
import {
  InvitedOperatorResponse,
  InviteOperatorRequest,
  OperatorResponse,
  SetupTokenResponse,
  toOperatorChanges,
  toOperatorResponse,
  toSetupTokenResponse,
  UpdateOperatorRequest,
} from './dto/operator.dto.js';
import type { OperatorMembers } from './dto/operator.dto.js';
import { IdPath, ListOperatorsParams } from './dto/operators.params.js';

/** Operators, for administrators. */
@ApiTags('operators')
@RequirePermission('admin:users')
@Controller('api/admin/operators')
export class OperatorsController {
  constructor(
    private readonly commands: CommandBus,
    private readonly queries: QueryBus,
    private readonly cursors: Cursors,
  ) {}

  @Get()
  @ApiOperation({ operationId: 'listOperators', summary: 'List operators, the first created first', description: WALK_OF_FIXED_PLACES })
  @PageResponse(OperatorResponse, 'A page of operators.')
  async list(
    @Query() { role: word, status, limit, cursor }: ListOperatorsParams,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ): Promise<OperatorResponse[]> {
    const role = word === undefined ? undefined : roleOf(word);
    const scope = cursorScope('operators', { role, status });
    const after = this.cursors.read(scope, cursor, { createdAt: CURSOR_RULES.instant, id: CURSOR_RULES.uuid });
    const page = await this.queries.execute(new ListOperators({ role, status }, limit, after));
    setNextPage(request, response, this.cursors.write(scope, page.next && { ...page.next }));
    return page.items.map(toOperatorResponse);
  }

  @Post()
  @Idempotent()
  @FreshLogin()
  @SecretAnswer()
  @Header('Cache-Control', 'no-store')
  @ApiOperation({
    operationId: 'inviteOperator',
    summary: 'Invite an operator',
    description: 'Answers a single-use setup token for the first password, valid for 72 hours.',
  })
  @ApiCreatedResponse({
    type: InvitedOperatorResponse,
    headers: { ...ETAG_HEADER, Location: { description: 'The path of the operator.', required: true, schema: { type: 'string' } } },
  })
  @ProblemResponses('CONFLICT')
  async invite(
    @Body() { email, name, role }: InviteOperatorRequest,
    @Res({ passthrough: true }) response: Response,
  ): Promise<InvitedOperatorResponse> {
    const invitation = await this.commands.execute(new InviteOperator(email, name, roleOf(role)));
    response.setHeader('Location', `/api/admin/operators/${invitation.operator.id}`);
    return { ...answer(invitation.operator, response), ...toSetupTokenResponse(invitation) };
  }

  @Get(':id')
  @ApiOperation({
    operationId: 'getOperator',
    summary: 'Read an operator',
    description: 'The operator with role, status, locks, and when the last login was.',
  })
  @ApiOkResponse({ type: OperatorResponse })
  @ProblemResponses('NOT_FOUND')
  async get(@Param() { id }: IdPath, @Res({ passthrough: true }) response: Response): Promise<OperatorResponse> {
    return answer(await this.queries.execute(new GetOperator(id)), response);
  }

  @Patch(':id')
  @Idempotent()
  @FreshLogin()
  @ApiOperation({
    operationId: 'updateOperator',
    summary: 'Change name, role or status',
    description: 'Takes effect everywhere within 5 seconds. The last active administrator can be neither disabled nor demoted.',
  })
  @ApiOkResponse({ type: OperatorResponse, headers: ETAG_HEADER })
  @ProblemResponses('NOT_FOUND', 'LAST_ADMIN', 'PRECONDITION_FAILED', 'PRECONDITION_REQUIRED')
  async update(
    @Param() { id }: IdPath,
    @Body() body: UpdateOperatorRequest,
    @IfMatch() acceptedVersions: AcceptedVersions | undefined,
    @Res({ passthrough: true }) response: Response,
  ): Promise<OperatorResponse> {
    return answer(await this.commands.execute(new UpdateOperator({ id }, toOperatorChanges(body), acceptedVersions)), response);
  }

  @Post(':id/reset')
  @Idempotent()
  @FreshLogin()
  @SecretAnswer()
  @Header('Cache-Control', 'no-store')
  @ApiOperation({
    operationId: 'resetOperator',
    summary: "Remove an operator's password",
    description: 'Ends all sessions, API keys, setup tokens and a lock, and answers a single-use setup token for a new password.',
  })
  @ApiCreatedResponse({ type: SetupTokenResponse })
  @ProblemResponses('NOT_FOUND', 'LAST_ADMIN')
  async reset(@Param() { id }: IdPath): Promise<SetupTokenResponse> {
    return toSetupTokenResponse(await this.commands.execute(new ResetOperator({ id }, false)));
  }
}

function answer(operator: OperatorState, response: Response): OperatorMembers {
  response.setHeader('ETag', toETag(operator.version));
  return toOperatorResponse(operator);
}
