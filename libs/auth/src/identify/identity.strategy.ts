import type { IncomingMessage } from 'node:http';
import passport from 'passport';
import type { FoundIdentity } from './identity.js';

/** A passport strategy that finds an identity, or fails. */
export abstract class IdentityStrategy extends passport.Strategy {
  abstract override readonly name: string;

  override authenticate(request: IncomingMessage): void {
    this.find(request).then(
      (found) => {
        if (found === undefined) this.fail();
        else this.success(found);
      },
      (error: unknown) => {
        this.error(error);
      },
    );
  }

  protected abstract find(request: IncomingMessage): Promise<FoundIdentity | undefined>;
}
