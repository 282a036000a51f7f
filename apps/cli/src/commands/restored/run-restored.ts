import { AuditLog, AuditModule } from '#zakops/audit';
import { AccessModule, AuthConfig, SessionStore } from '#zakops/auth';
import { UnitOfWork } from '#zakops/database';
import { LogEpoch, OutboxModule } from '#zakops/outbox';
import type { RenamedLog } from '#zakops/outbox';
import type { CliContext } from '../../context/cli-context.js';
import { withApplication } from '../../context/with-application.js';

/** What happens to sessions, and the reason for the audit log. */
export interface RestoredSettings {
  readonly keepsSessions: boolean;
  readonly reason: string | undefined;
}

interface Outcome extends RenamedLog {
  readonly endedSessions: number;
}

/** Gives the event log a new epoch, ends all sessions unless `keepsSessions`, and writes an audit entry. */
export async function runRestored({ env, terminal }: CliContext, { keepsSessions, reason }: RestoredSettings): Promise<void> {
  const parts = { settings: [AuthConfig], imports: [OutboxModule, AuditModule, AccessModule] };
  const { before, after, position, endedSessions } = await withApplication(env, parts, (app) =>
    app.get(UnitOfWork).run(async (tx): Promise<Outcome> => {
      const renamed = await app.get(LogEpoch).renew(tx);
      const endedSessions = keepsSessions ? 0 : await app.get(SessionStore).endEverySession(tx, 'restored');
      app.get(AuditLog).record(tx, {
        action: 'database.restored',
        resourceType: 'database',
        resourceId: 'zakops',
        before: { epoch: renamed.before },
        after: { epoch: renamed.after },
        details: { position: renamed.position, sessions_ended: endedSessions, ...(reason === undefined ? {} : { reason }) },
      });
      return { ...renamed, endedSessions };
    }),
  );
  terminal.print(`the event log ends at position ${String(position)}; its epoch was ${before} and is ${after} now`);
  terminal.print(
    keepsSessions ? 'no session was ended' : `${String(endedSessions)} session${endedSessions === 1 ? ' was' : 's were'} ended`,
  );
}
