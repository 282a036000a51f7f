import { Command } from '@nestjs/cqrs';

/** Ends an API key, everywhere within five seconds. Fails with ApiKeyNotFoundError. */
export class RevokeApiKey extends Command<void> {
  constructor(
    readonly apiKeyId: string,
    /** Whose it must be; undefined for anybody's. */
    readonly operatorId: string | undefined,
  ) {
    super();
  }
}
