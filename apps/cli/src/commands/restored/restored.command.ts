import { toNfc } from '#zakops/kernel';
import type { CliContext } from '../../context/cli-context.js';
import { DocumentedCommand } from '../../help/documented-command.js';

interface RestoredOptions {
  readonly keepSessions?: true;
  readonly reason?: string;
}

/** `zakops restored`: what has to be done once after a restore. */
export function restoredCommand(context: CliContext): DocumentedCommand {
  const command = new DocumentedCommand('restored')
    .description('after a restore from a backup: name the event log anew, and end the sessions that may have ended already')
    .option('--reason <text>', 'for the audit log: which backup, and why', toNfc)
    .option('--keep-sessions', 'end no session')
    .action(async ({ keepSessions, reason }: RestoredOptions) => {
      const { runRestored } = await import('./run-restored.js');
      await runRestored(context, { keepsSessions: keepSessions === true, reason });
    });
  return command.document({
    changes: 'the epoch of the event log, all open sessions, and one entry in the audit log; one transaction',
    notes: [
      'Positions that were given after the backup are given again, to other events. With a new epoch every client whose last event is of\n' +
        'the old log is told to start over; otherwise it would miss events without knowing. A worker finds out by itself that it works on a\n' +
        'dump, on a recovery to a point in time or on a promoted standby; on copied disks it cannot.',
      'Run it before API and worker are started. Twice does no harm. See docs/backup-and-restore.md.',
    ],
    examples: [
      { run: 'zakops restored --reason "dump of 02:00, deals deleted by mistake"', does: 'the usual case' },
      {
        run: 'zakops restored --keep-sessions',
        does: 'nobody has to log in again: also not who was logged out or disabled since the backup',
      },
    ],
  });
}
