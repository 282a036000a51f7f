import { Module } from '@nestjs/common';
import { ApiKeyStore } from './api-keys/api-key.store.js';
import { AccessChanges } from './changes/access-changes.js';
import { SessionSigner } from './sessions/session-signer.js';
import { SessionStore } from './sessions/session.store.js';

/** Sessions and keys in the database, without HTTP. Needs {@link AuthConfig} among the loaded settings. */
@Module({
  providers: [SessionSigner, SessionStore, ApiKeyStore, AccessChanges],
  exports: [SessionSigner, SessionStore, ApiKeyStore, AccessChanges],
})
export class AccessModule {}
