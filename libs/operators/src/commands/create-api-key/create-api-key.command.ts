import type { IssuedApiKey, Scope } from '#zakops/auth';
import { Command } from '@nestjs/cqrs';

/** Makes an API key. Fails with ScopeNotHeldError when it could do more than its maker. */
export class CreateApiKey extends Command<IssuedApiKey> {
  constructor(
    readonly operatorId: string,
    /** What the maker may do now. */
    readonly heldScopes: ReadonlySet<Scope>,
    readonly name: string,
    readonly scopes: readonly Scope[],
    /** Null for the longest life that is allowed. */
    readonly expiresAt: Date | null,
  ) {
    super();
  }
}
