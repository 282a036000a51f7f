import { Idempotent } from '#zakops/idempotency';
import { CurrentPrincipal, DeviceCookie, AuthRateLimit, OptionalPrincipal, Public, RequireLogin, SessionCookies } from '#zakops/auth';
import type { Principal } from '#zakops/auth';
import { ProblemResponses, SecretAnswer } from '#zakops/http';
import { Body, Controller, Get, Header, HttpCode, Post, Req, Res } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { EndSession } from '../commands/end-session/end-session.command.js';
import { LogIn } from '../commands/log-in/log-in.command.js';
import { Reauthenticate } from '../commands/reauthenticate/reauthenticate.command.js';
import { AccountLimit } from './account-limit.js';
import { LoginRequest, ReauthenticateRequest } from './dto/auth.requests.js';
import {
  LoginCheckResponse,
  LoginResponse,
  MeResponse,
  MessageResponse,
  SessionGrantResponse,
  toIdentityResponse,
  toMeResponse,
} from './dto/auth.responses.js';
import { grantSession } from './grant-session.js';

/** Login, logout, and the identity of the caller. */
@ApiTags('auth')
@Controller('api/auth')
export class LoginController {
  constructor(
    private readonly commands: CommandBus,
    private readonly cookies: SessionCookies,
    private readonly devices: DeviceCookie,
    private readonly accountLimit: AccountLimit,
  ) {}

  @Post('login')
  @HttpCode(200)
  @Public({ identify: true })
  @AuthRateLimit()
  @SecretAnswer()
  @Header('Cache-Control', 'no-store')
  @ApiOperation({
    operationId: 'login',
    summary: 'Log in with e-mail and password',
    description:
      'Opens a new session; the session of the browser ends. Several failures lock the account for a while, for browsers and addresses without an earlier login. A locked account answers as to a wrong password.',
  })
  @ApiOkResponse({ type: LoginResponse, description: 'The new session; its cookies are set.' })
  @ProblemResponses('CSRF_REJECTED', 'INVALID_CREDENTIALS', 'RATE_LIMITED')
  async login(
    @Body() { email, password }: LoginRequest,
    @OptionalPrincipal() principal: Principal | undefined,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ): Promise<LoginResponse> {
    const acceptsStrangers = await this.accountLimit.takeLogin(email);
    const login = new LogIn(email, password, principal?.sessionId, this.devices.read(request), acceptsStrangers);
    const { operator, opened, device } = await this.commands.execute(login);
    const granted = grantSession(this.cookies, response, opened, 'Login successful');
    this.devices.write(response, device);
    return { ...granted, operator: toIdentityResponse(operator) };
  }

  @Post('logout')
  @Idempotent()
  @HttpCode(200)
  // The next user of the machine must not find answers in the cache of the browser.
  @Header('Clear-Site-Data', '"cache"')
  @RequireLogin({ beforePasswordChange: true })
  @ApiOperation({
    operationId: 'logout',
    summary: 'End this session',
    description: 'Ends the session of the cookie and removes the cookie. Streams of this session end too.',
  })
  @ApiOkResponse({ type: MessageResponse, description: 'The cookies are removed.' })
  async logout(@CurrentPrincipal() { id, sessionId }: Principal, @Res({ passthrough: true }) response: Response): Promise<MessageResponse> {
    if (sessionId !== undefined) await this.commands.execute(new EndSession(sessionId, id, 'logout'));
    this.cookies.clear(response);
    return { message: 'Logged out successfully' };
  }

  @Post('reauthenticate')
  @Idempotent()
  @HttpCode(200)
  @RequireLogin({ beforePasswordChange: true })
  @AuthRateLimit()
  @SecretAnswer()
  @Header('Cache-Control', 'no-store')
  @ApiOperation({
    operationId: 'reauthenticate',
    summary: 'Give the password again',
    description: 'For calls that answer `REAUTHENTICATION_REQUIRED`. Replaces the session: new id, new cookies.',
  })
  @ApiOkResponse({ type: SessionGrantResponse, description: 'The new session; its cookies are set.' })
  @ProblemResponses('INVALID_CREDENTIALS', 'RATE_LIMITED')
  async reauthenticate(
    @Body() { password }: ReauthenticateRequest,
    @CurrentPrincipal() { id, sessionId }: Principal,
    @Res({ passthrough: true }) response: Response,
  ): Promise<SessionGrantResponse> {
    const opened = await this.commands.execute(new Reauthenticate(id, sessionId, password));
    return grantSession(this.cookies, response, opened, 'Password accepted');
  }

  @Get('me')
  @RequireLogin({ keys: true, beforePasswordChange: true })
  @ApiOperation({
    operationId: 'getMe',
    summary: 'Read the identity of the caller',
    description: 'The operator or the API key, with its scopes. A session also gets its CSRF token.',
  })
  @ApiOkResponse({ type: MeResponse })
  me(@CurrentPrincipal() principal: Principal): MeResponse {
    return toMeResponse(principal);
  }

  @Get('check')
  @Public({ identify: true })
  @ApiOperation({
    operationId: 'checkLogin',
    summary: 'Whether the caller is logged in',
    description: 'Answers `false` where other routes answer 401, so that a page asks without an error in its console.',
  })
  @ApiOkResponse({ type: LoginCheckResponse })
  check(@OptionalPrincipal() principal: Principal | undefined): LoginCheckResponse {
    return { authenticated: principal !== undefined, operator: principal === undefined ? null : toIdentityResponse(principal) };
  }
}
