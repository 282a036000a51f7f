import type { IssuedApiKey } from '#zakops/auth';
import { Command } from '@nestjs/cqrs';

/** Replaces an API key by a new one of the same name and scopes. Fails with ApiKeyNotFoundError. */
export class RotateApiKey extends Command<IssuedApiKey> {
  constructor(
    readonly apiKeyId: string,
    readonly operatorId: string,
    /** Seconds for which the key before goes on counting. */
    readonly overlapSeconds: number,
  ) {
    super();
  }
}
