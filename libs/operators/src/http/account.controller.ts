import { Idempotent } from '#zakops/idempotency';
import { CurrentPrincipal, DeviceCookie, AuthRateLimit, Public, RequireLogin, SessionCookies } from '#zakops/auth';
import type { Principal } from '#zakops/auth';
import { ProblemResponses, SecretAnswer } from '#zakops/http';
import { Body, Controller, Header, HttpCode, Post, Res } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Response } from 'express';
import { ChangePassword } from '../commands/change-password/change-password.command.js';
import { RegisterOperator } from '../commands/register-operator/register-operator.command.js';
import { SetUpPassword } from '../commands/set-up-password/set-up-password.command.js';
import { AccountLimit } from './account-limit.js';
import { ChangePasswordRequest, RegisterRequest, SetupRequest } from './dto/auth.requests.js';
import { OperatorIdentityResponse, PasswordChangedResponse, SetupResponse, toIdentityResponse } from './dto/auth.responses.js';
import { grantSession } from './grant-session.js';

/** Registration, setup and change of a password. */
@ApiTags('auth')
@Controller('api/auth')
export class AccountController {
  constructor(
    private readonly commands: CommandBus,
    private readonly cookies: SessionCookies,
    private readonly devices: DeviceCookie,
    private readonly accountLimit: AccountLimit,
  ) {}

  @Post('register')
  @Public({ identify: true })
  @AuthRateLimit()
  @ApiOperation({
    operationId: 'register',
    summary: 'Become an analyst without an invitation',
    description: 'Only where `ALLOW_REGISTRATION` is true, and never in production.',
  })
  @ApiCreatedResponse({ type: OperatorIdentityResponse, description: 'The operator, who can log in now.' })
  @ProblemResponses('CSRF_REJECTED', 'FORBIDDEN', 'CONFLICT', 'RATE_LIMITED')
  async register(
    @Body() { email, password, name }: RegisterRequest,
    @Res({ passthrough: true }) response: Response,
  ): Promise<OperatorIdentityResponse> {
    await this.accountLimit.takeRegistration(email, response);
    return toIdentityResponse(await this.commands.execute(new RegisterOperator(email, name, password)));
  }

  @Post('setup')
  @HttpCode(200)
  @Public({ identify: true })
  @AuthRateLimit()
  @ApiOperation({
    operationId: 'setUpPassword',
    summary: 'Set a password with a single-use setup token',
    description: 'Log in with the password next.',
  })
  @ApiOkResponse({ type: SetupResponse, description: 'The password is set.' })
  @ProblemResponses('CSRF_REJECTED', 'INVALID_CREDENTIALS', 'RATE_LIMITED')
  async setup(@Body() { token, password }: SetupRequest, @Res({ passthrough: true }) response: Response): Promise<SetupResponse> {
    const { operator, device } = await this.commands.execute(new SetUpPassword(token, password));
    // Makes the browser known, so that a lock for strangers does not refuse the next login.
    this.devices.write(response, device);
    return { message: 'Password set', operator: toIdentityResponse(operator) };
  }

  @Post('password')
  @Idempotent()
  @HttpCode(200)
  @RequireLogin({ beforePasswordChange: true })
  @AuthRateLimit()
  @SecretAnswer()
  @Header('Cache-Control', 'no-store')
  @ApiOperation({
    operationId: 'changePassword',
    summary: 'Change the own password',
    description: 'Ends every other session, and replaces this one: new id, new cookies. API keys stay valid unless `end_api_keys` is true.',
  })
  @ApiOkResponse({ type: PasswordChangedResponse, description: 'The new session; its cookies are set.' })
  @ProblemResponses('INVALID_CREDENTIALS', 'RATE_LIMITED')
  async changePassword(
    @Body() body: ChangePasswordRequest,
    @CurrentPrincipal() { id, sessionId }: Principal,
    @Res({ passthrough: true }) response: Response,
  ): Promise<PasswordChangedResponse> {
    const { opened, endedSessions, endedApiKeys, apiKeysLeft } = await this.commands.execute(
      new ChangePassword(id, sessionId, body.current_password, body.new_password, body.end_api_keys),
    );
    const granted = grantSession(this.cookies, response, opened, 'Password changed');
    return { ...granted, ended_sessions: endedSessions, ended_api_keys: endedApiKeys, api_keys_left: apiKeysLeft };
  }
}
