import { AuditLog } from '#zakops/audit';
import { ApiKeyStore, AuthConfig } from '#zakops/auth';
import type { IssuedApiKey } from '#zakops/auth';
import { UnitOfWork } from '#zakops/database';
import { CommandHandler } from '@nestjs/cqrs';
import type { ICommandHandler } from '@nestjs/cqrs';
import { requireKeyLifetime } from '../../domain/key-life.js';
import { ScopeNotHeldError } from '../../domain/operator.errors.js';
import { parseOperatorName } from '../../domain/operator-name.js';
import { OperatorRepository } from '../../persistence/operator.repository.js';
import { apiKeyAuditFields } from '../api-key-audit-fields.js';
import { CreateApiKey } from './create-api-key.command.js';

@CommandHandler(CreateApiKey)
export class CreateApiKeyHandler implements ICommandHandler<CreateApiKey> {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly operators: OperatorRepository,
    private readonly keys: ApiKeyStore,
    private readonly audit: AuditLog,
    private readonly config: AuthConfig,
  ) {}

  async execute({ operatorId, heldScopes, name, scopes, expiresAt }: CreateApiKey): Promise<IssuedApiKey> {
    const missing = scopes.filter((scope) => !heldScopes.has(scope));
    if (missing.length > 0) throw new ScopeNotHeldError(missing);
    return this.unitOfWork.run(async (tx) => {
      await this.operators.loadOwn(tx, operatorId);
      const issued = await this.keys.issue(tx, { operatorId, name: parseOperatorName(name), scopes, expiresAt });
      // By the clock of the database, which also ends the key.
      requireKeyLifetime(expiresAt, issued.apiKey.createdAt, this.config.apiKeyMaxDays);
      this.audit.record(tx, {
        action: 'api_key.created',
        resourceType: 'api_key',
        resourceId: issued.apiKey.id,
        before: null,
        after: apiKeyAuditFields(issued.apiKey),
      });
      return issued;
    });
  }
}
