import { Global, Module } from '@nestjs/common';
import { ApiKeyStore } from './api-keys/api-key.store.js';
import { AccessChanges } from './changes/access-changes.js';
import { SessionSigner } from './sessions/session-signer.js';
import { SessionStore } from './sessions/session.store.js';

/**
 * Sessions and keys in the database, without anything that has to do with requests: all that a command line needs.
 *
 * @remarks Global, because a process must have one {@link AccessChanges} only. Needs the global DatabaseModule, and {@link AuthConfig}
 * among the loaded settings.
 */
@Global()
@Module({
  providers: [SessionSigner, SessionStore, ApiKeyStore, AccessChanges],
  exports: [SessionSigner, SessionStore, ApiKeyStore, AccessChanges],
})
export class AccessModule {}
