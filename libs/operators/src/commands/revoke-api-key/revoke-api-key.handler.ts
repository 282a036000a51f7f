import { AuditLog } from '#zakops/audit';
import { ApiKeyStore } from '#zakops/auth';
import { UnitOfWork } from '#zakops/database';
import { CommandHandler } from '@nestjs/cqrs';
import type { ICommandHandler } from '@nestjs/cqrs';
import { ApiKeyNotFoundError } from '../../domain/operator.errors.js';
import { apiKeyAuditFields } from '../api-key-audit-fields.js';
import { RevokeApiKey } from './revoke-api-key.command.js';

@CommandHandler(RevokeApiKey)
export class RevokeApiKeyHandler implements ICommandHandler<RevokeApiKey> {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly keys: ApiKeyStore,
    private readonly audit: AuditLog,
  ) {}

  async execute({ apiKeyId, operatorId }: RevokeApiKey): Promise<void> {
    await this.unitOfWork.run(async (tx) => {
      const revoked = await this.keys.revoke(tx, apiKeyId, operatorId);
      if (revoked === undefined) throw new ApiKeyNotFoundError(apiKeyId);
      this.audit.record(tx, {
        action: 'api_key.revoked',
        resourceType: 'api_key',
        resourceId: apiKeyId,
        before: apiKeyAuditFields(revoked),
        after: null,
      });
    });
  }
}
