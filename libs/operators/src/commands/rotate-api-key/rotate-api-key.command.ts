import type { IssuedApiKey } from '#zakops/auth';
import { Command } from '@nestjs/cqrs';

/** Creates an API key with name and scopes of another one, which ends after an overlap. Fails with ApiKeyNotFoundError. */
export class RotateApiKey extends Command<IssuedApiKey> {
  constructor(
    readonly apiKeyId: string,
    readonly operatorId: string,
    /** How long the old key stays valid. */
    readonly overlapSeconds: number,
  ) {
    super();
  }
}
