import { CurrentPrincipal, RequireLogin, SessionCookies } from '#zakops/auth';
import type { Principal } from '#zakops/auth';
import { ProblemResponses } from '#zakops/http';
import { Controller, Delete, Get, HttpCode, Param, Query, Res } from '@nestjs/common';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import { ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Response } from 'express';
import { EndSession } from '../commands/end-session/end-session.command.js';
import { EndSessions } from '../commands/end-sessions/end-sessions.command.js';
import { ListSessions } from '../queries/list-sessions/list-sessions.query.js';
import { EndSessionsParams, IdPath } from './dto/operators.params.js';
import { EndedSessionsResponse, SessionResponse, toEndedSessionsResponse, toSessionResponse } from './dto/session.response.js';

/** The own sessions of an operator. */
@ApiTags('auth')
@RequireLogin()
@Controller('api/auth/sessions')
export class SessionsController {
  constructor(
    private readonly commands: CommandBus,
    private readonly queries: QueryBus,
    private readonly cookies: SessionCookies,
  ) {}

  @Get()
  @ApiOperation({ operationId: 'listMySessions', summary: 'List the own sessions, the last used first', description: 'At most 100.' })
  @ApiOkResponse({ type: SessionResponse, isArray: true })
  async list(@CurrentPrincipal() { id, sessionId }: Principal): Promise<SessionResponse[]> {
    return (await this.queries.execute(new ListSessions(id))).map((session) => toSessionResponse(session, sessionId));
  }

  @Delete()
  @ApiOperation({
    operationId: 'endMySessions',
    summary: 'End all own sessions',
    description: 'Everywhere within 5 seconds, streams too. API keys stay valid; the answer has their number.',
  })
  @ApiOkResponse({ type: EndedSessionsResponse })
  async endAll(
    @Query() { keep_current: keepCurrent }: EndSessionsParams,
    @CurrentPrincipal() { id, sessionId }: Principal,
    @Res({ passthrough: true }) response: Response,
  ): Promise<EndedSessionsResponse> {
    const ended = await this.commands.execute(new EndSessions(id, 'own', keepCurrent ? sessionId : undefined));
    if (!keepCurrent) this.cookies.clear(response);
    return toEndedSessionsResponse(ended);
  }

  @Delete(':id')
  @HttpCode(204)
  @ApiOperation({
    operationId: 'endMySession',
    summary: 'End one of the own sessions',
    description: 'Everywhere within 5 seconds, streams too.',
  })
  @ApiNoContentResponse({ description: 'The session has ended.' })
  @ProblemResponses('NOT_FOUND')
  async end(
    @Param() { id: endedId }: IdPath,
    @CurrentPrincipal() { id, sessionId }: Principal,
    @Res({ passthrough: true }) response: Response,
  ): Promise<void> {
    await this.commands.execute(new EndSession(endedId, id, 'ended'));
    if (endedId === sessionId) this.cookies.clear(response);
  }
}
