import { AuditLog } from '#zakops/audit';
import { ApiKeyStore } from '#zakops/auth';
import type { IssuedApiKey } from '#zakops/auth';
import { UnitOfWork } from '#zakops/database';
import { CommandHandler } from '@nestjs/cqrs';
import type { ICommandHandler } from '@nestjs/cqrs';
import { ApiKeyNotFoundError } from '../../domain/operator.errors.js';
import { apiKeyAuditFields } from '../api-key-audit-fields.js';
import { RotateApiKey } from './rotate-api-key.command.js';

@CommandHandler(RotateApiKey)
export class RotateApiKeyHandler implements ICommandHandler<RotateApiKey> {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly keys: ApiKeyStore,
    private readonly audit: AuditLog,
  ) {}

  async execute({ apiKeyId, operatorId, overlapSeconds }: RotateApiKey): Promise<IssuedApiKey> {
    return this.unitOfWork.run(async (tx) => {
      const issued = await this.keys.rotate(tx, apiKeyId, { operatorId, overlapSeconds, expiresAt: null });
      if (issued === undefined) throw new ApiKeyNotFoundError(apiKeyId);
      this.audit.record(tx, {
        action: 'api_key.rotated',
        resourceType: 'api_key',
        resourceId: issued.apiKey.id,
        after: apiKeyAuditFields(issued.apiKey),
        details: { rotated_from: apiKeyId, overlap_seconds: overlapSeconds },
      });
      return issued;
    });
  }
}
