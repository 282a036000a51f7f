import { DatabaseConfig } from '#zakops/database';
import { Cursors } from '#zakops/http';
import { Module } from '@nestjs/common';
import { AuthConfig } from './auth.config.js';

/**
 * Lends {@link Cursors} with a key that all replicas derive from a secret they share anyway.
 *
 * @remarks With `SESSION_SECRET` it is that one, with its rotation. Without it nobody has to log in, and the connection string of the
 * database takes its place, so that no laptop needs a further secret. Needs {@link AuthConfig} among the loaded settings.
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
