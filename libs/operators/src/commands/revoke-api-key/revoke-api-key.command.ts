import { Command } from '@nestjs/cqrs';

/** Revokes an API key, everywhere within five seconds. Fails with ApiKeyNotFoundError. */
export class RevokeApiKey extends Command<void> {
  constructor(
    readonly apiKeyId: string,
    /** The owner that it must have; undefined for any. */
    readonly operatorId: string | undefined,
  ) {
    super();
  }
}
