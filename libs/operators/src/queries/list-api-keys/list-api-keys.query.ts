import type { ApiKey } from '#zakops/auth';
import { Query } from '@nestjs/cqrs';

/** The API keys of an operator, the newest first, without those that ended long ago. */
export class ListApiKeys extends Query<readonly ApiKey[]> {
  constructor(readonly operatorId: string) {
    super();
  }
}
