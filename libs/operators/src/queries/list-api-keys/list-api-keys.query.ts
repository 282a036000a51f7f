import type { ApiKey } from '#zakops/auth';
import { Query } from '@nestjs/cqrs';

/** The API keys of an operator, newest first, without those that ended more than 30 days ago. */
export class ListApiKeys extends Query<readonly ApiKey[]> {
  constructor(readonly operatorId: string) {
    super();
  }
}
