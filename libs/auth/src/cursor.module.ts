import { DatabaseConfig } from '#zakops/database';
import { Cursors } from '#zakops/http';
import { Module } from '@nestjs/common';
import { AuthConfig } from './auth.config.js';

/**
 * Provides {@link Cursors} with a key that all replicas derive from a shared secret.
 *
 * @remarks The secret is `SESSION_SECRET`, with its rotation. Where it is not set, nobody has to log in, and the connection string of the
 * database serves instead. Needs {@link AuthConfig} among the loaded settings.
 */
@Module({
  providers: [
    {
      provide: Cursors,
      inject: [AuthConfig, DatabaseConfig],
      useFactory: ({ sessionSecrets }: AuthConfig, { url }: DatabaseConfig): Cursors => {
        const [first, ...others] = sessionSecrets ?? [];
        return new Cursors([first ?? url, ...others]);
      },
    },
  ],
  exports: [Cursors],
})
export class CursorModule {}
