import type { IssuedApiKey, Scope } from '#zakops/auth';
import { Command } from '@nestjs/cqrs';

/** Creates an API key. Fails with ScopeNotHeldError for a scope that the owner does not hold. */
export class CreateApiKey extends Command<IssuedApiKey> {
  constructor(
    readonly operatorId: string,
    /** The scopes that the owner holds now. */
    readonly heldScopes: ReadonlySet<Scope>,
    readonly name: string,
    readonly scopes: readonly Scope[],
    /** Null for the longest lifetime, `API_KEY_MAX_DAYS`. */
    readonly expiresAt: Date | null,
  ) {
    super();
  }
}
