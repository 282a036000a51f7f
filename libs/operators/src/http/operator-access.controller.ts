import { CurrentPrincipal, FreshLogin, RequirePermission } from '#zakops/auth';
import type { Principal } from '#zakops/auth';
import { ProblemResponses } from '#zakops/http';
import { Controller, Delete, Get, HttpCode, Param } from '@nestjs/common';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import { ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { EndSession } from '../commands/end-session/end-session.command.js';
import { EndSessions } from '../commands/end-sessions/end-sessions.command.js';
import { RevokeApiKey } from '../commands/revoke-api-key/revoke-api-key.command.js';
import { GetOperator } from '../queries/get-operator/get-operator.query.js';
import { ListApiKeys } from '../queries/list-api-keys/list-api-keys.query.js';
import { ListSessions } from '../queries/list-sessions/list-sessions.query.js';
import { ApiKeyResponse, toApiKeyResponse } from './dto/api-key.dto.js';
import { IdPath } from './dto/operators.params.js';
import { EndedSessionsResponse, SessionResponse, toEndedSessionsResponse, toSessionResponse } from './dto/session.response.js';

/** Sessions and API keys of every operator, for administrators. */
@ApiTags('operators')
@RequirePermission('admin:users')
@Controller('api/admin')
export class OperatorAccessController {
  constructor(
    private readonly commands: CommandBus,
    private readonly queries: QueryBus,
  ) {}

  @Get('operators/:id/sessions')
  @ApiOperation({
    operationId: 'listOperatorSessions',
    summary: "List an operator's sessions, the last used first",
    description: 'At most 100.',
  })
  @ApiOkResponse({ type: SessionResponse, isArray: true })
  @ProblemResponses('NOT_FOUND')
  async listSessions(@Param() { id }: IdPath, @CurrentPrincipal() { sessionId }: Principal): Promise<SessionResponse[]> {
    await this.queries.execute(new GetOperator(id));
    return (await this.queries.execute(new ListSessions(id))).map((session) => toSessionResponse(session, sessionId));
  }

  @Delete('operators/:id/sessions')
  @FreshLogin()
  @ApiOperation({
    operationId: 'endOperatorSessions',
    summary: "End all of an operator's sessions",
    description: 'Everywhere within 5 seconds, streams too. API keys stay valid; the answer has their number.',
  })
  @ApiOkResponse({ type: EndedSessionsResponse })
  @ProblemResponses('NOT_FOUND')
  async endSessions(@Param() { id }: IdPath): Promise<EndedSessionsResponse> {
    return toEndedSessionsResponse(await this.commands.execute(new EndSessions(id, 'any', undefined)));
  }

  @Delete('sessions/:id')
  @HttpCode(204)
  @FreshLogin()
  @ApiOperation({
    operationId: 'endSession',
    summary: 'End a session of any operator',
    description: 'Everywhere within 5 seconds, streams too.',
  })
  @ApiNoContentResponse({ description: 'The session has ended.' })
  @ProblemResponses('NOT_FOUND')
  async endSession(@Param() { id }: IdPath): Promise<void> {
    await this.commands.execute(new EndSession(id, undefined, 'ended'));
  }

  @Get('operators/:id/api-keys')
  @ApiOperation({
    operationId: 'listOperatorApiKeys',
    summary: "List an operator's API keys, newest first",
    description: 'Without keys that ended more than 30 days ago; at most 200.',
  })
  @ApiOkResponse({ type: ApiKeyResponse, isArray: true })
  @ProblemResponses('NOT_FOUND')
  async listApiKeys(@Param() { id }: IdPath): Promise<ApiKeyResponse[]> {
    await this.queries.execute(new GetOperator(id));
    return (await this.queries.execute(new ListApiKeys(id))).map(toApiKeyResponse);
  }

  @Delete('api-keys/:id')
  @HttpCode(204)
  @FreshLogin()
  @ApiOperation({
    operationId: 'revokeAnyApiKey',
    summary: 'Revoke an API key of any operator',
    description: 'Everywhere within 5 seconds, streams too.',
  })
  @ApiNoContentResponse({ description: 'The key is revoked.' })
  @ProblemResponses('NOT_FOUND')
  async revokeApiKey(@Param() { id }: IdPath): Promise<void> {
    await this.commands.execute(new RevokeApiKey(id, undefined));
  }
}
