import { AuditLog, AuditModule } from '#zakops/audit';
import { AccessModule, AuthConfig, SessionStore } from '#zakops/auth';
import { UnitOfWork } from '#zakops/database';
import { LogEpoch, OutboxModule } from '#zakops/outbox';
import type { RenamedLog } from '#zakops/outbox';
import type { CliContext } from '../../context/cli-context.js';
import { withApplication } from '../../context/with-application.js';

/** How the restore is closed. */
export interface RestoredChoice {
  readonly keepsSessions: boolean;
  readonly reason: string | undefined;
}

interface Closed extends RenamedLog {
  readonly ended: number;
}

/** Names the event log anew, ends all sessions unless they are to be kept, and leaves an audit entry. */
export async function runRestored({ env, terminal }: CliContext, { keepsSessions, reason }: RestoredChoice): Promise<void> {
  const parts = { settings: [AuthConfig], imports: [OutboxModule, AuditModule, AccessModule] };
  const { before, after, position, ended } = await withApplication(env, parts, (app) =>
    app.get(UnitOfWork).run(async (tx): Promise<Closed> => {
      const renamed = await app.get(LogEpoch).renew(tx);
      const count = keepsSessions ? 0 : await app.get(SessionStore).endEverySession(tx, 'restored');
      app.get(AuditLog).record(tx, {
        action: 'database.restored',
        resourceType: 'database',
        resourceId: 'zakops',
        before: { epoch: renamed.before },
        after: { epoch: renamed.after },
        details: { position: renamed.position, sessions_ended: count, ...(reason === undefined ? {} : { reason }) },
      });
      return { ...renamed, ended: count };
    }),
  );
  terminal.print(`the event log ends at position ${String(position)}; its epoch was ${before} and is ${after} now`);
  terminal.print(keepsSessions ? 'no session was ended' : `${String(ended)} session${ended === 1 ? ' was' : 's were'} ended`);
}
