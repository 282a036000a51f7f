import { ApiKeyStore } from '#zakops/auth';
import type { ApiKey } from '#zakops/auth';
import { QueryHandler } from '@nestjs/cqrs';
import type { IQueryHandler } from '@nestjs/cqrs';
import { ListApiKeys } from './list-api-keys.query.js';

@QueryHandler(ListApiKeys)
export class ListApiKeysHandler implements IQueryHandler<ListApiKeys> {
  constructor(private readonly keys: ApiKeyStore) {}

  async execute({ operatorId }: ListApiKeys): Promise<readonly ApiKey[]> {
    return this.keys.list(operatorId);
  }
}
