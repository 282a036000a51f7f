import { Idempotent } from '#zakops/idempotency';
import { CurrentPrincipal, FreshLogin, RequireLogin } from '#zakops/auth';
import type { Principal } from '#zakops/auth';
import { ProblemResponses, SecretAnswer } from '#zakops/http';
import { Body, Controller, Delete, Get, Header, HttpCode, Param, Post } from '@nestjs/common';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import { ApiBody, ApiCreatedResponse, ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { CreateApiKey } from '../commands/create-api-key/create-api-key.command.js';
import { RevokeApiKey } from '../commands/revoke-api-key/revoke-api-key.command.js';
import { RotateApiKey } from '../commands/rotate-api-key/rotate-api-key.command.js';
import { ListApiKeys } from '../queries/list-api-keys/list-api-keys.query.js';
import {
  ApiKeyResponse,
  CreateApiKeyRequest,
  IssuedApiKeyResponse,
  RotateApiKeyRequest,
  toApiKeyResponse,
  toIssuedApiKeyResponse,
} from './dto/api-key.dto.js';
import { IdPath } from './dto/operators.params.js';

/** The own API keys of an operator. A key cannot manage keys. */
@ApiTags('auth')
@RequireLogin()
@Controller('api/auth/api-keys')
export class ApiKeysController {
  constructor(
    private readonly commands: CommandBus,
    private readonly queries: QueryBus,
  ) {}

  @Get()
  @ApiOperation({
    operationId: 'listMyApiKeys',
    summary: 'List the own API keys, newest first',
    description: 'Without keys that ended more than 30 days ago; at most 200.',
  })
  @ApiOkResponse({ type: ApiKeyResponse, isArray: true })
  async list(@CurrentPrincipal() { id }: Principal): Promise<ApiKeyResponse[]> {
    return (await this.queries.execute(new ListApiKeys(id))).map(toApiKeyResponse);
  }

  @Post()
  @Idempotent()
  @FreshLogin()
  @SecretAnswer()
  @Header('Cache-Control', 'no-store')
  @ApiOperation({
    operationId: 'createApiKey',
    summary: 'Create an API key',
    description: 'The key is shown only in this answer.',
  })
  @ApiCreatedResponse({ type: IssuedApiKeyResponse })
  async create(@Body() body: CreateApiKeyRequest, @CurrentPrincipal() { id, scopes }: Principal): Promise<IssuedApiKeyResponse> {
    const expiresAt = body.expires_at === undefined || body.expires_at === null ? null : new Date(body.expires_at);
    return toIssuedApiKeyResponse(await this.commands.execute(new CreateApiKey(id, scopes, body.name, body.scopes, expiresAt)));
  }

  @Post(':id/rotate')
  @Idempotent()
  @FreshLogin()
  @SecretAnswer()
  @Header('Cache-Control', 'no-store')
  @ApiOperation({
    operationId: 'rotateApiKey',
    summary: 'Replace an API key by a new one',
    description:
      'The new key has the same name, scopes and lifetime, `API_KEY_MAX_DAYS` at most. The old key stays valid for `overlap_seconds`.',
  })
  @ApiBody({ type: RotateApiKeyRequest, required: false })
  @ApiCreatedResponse({ type: IssuedApiKeyResponse })
  @ProblemResponses('NOT_FOUND')
  async rotate(
    @Param() { id: keyId }: IdPath,
    @Body() { overlap_seconds: overlapSeconds }: RotateApiKeyRequest,
    @CurrentPrincipal() { id }: Principal,
  ): Promise<IssuedApiKeyResponse> {
    return toIssuedApiKeyResponse(await this.commands.execute(new RotateApiKey(keyId, id, overlapSeconds)));
  }

  @Delete(':id')
  @HttpCode(204)
  @ApiOperation({ operationId: 'revokeApiKey', summary: 'Revoke an API key', description: 'Everywhere within 5 seconds, streams too.' })
  @ApiNoContentResponse({ description: 'The key is revoked.' })
  @ProblemResponses('NOT_FOUND')
  async revoke(@Param() { id: keyId }: IdPath, @CurrentPrincipal() { id }: Principal): Promise<void> {
    await this.commands.execute(new RevokeApiKey(keyId, id));
  }
}
