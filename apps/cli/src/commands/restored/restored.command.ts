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
    .description('after a restore from a backup: give the event log a new epoch, and end the sessions that may have ended already')
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
        'the old log is told to start over; otherwise it would miss events without knowing. A worker recognises a dump, a recovery to a point\n' +
        'in time and a promoted standby without this command, but not copied disks.',
      'Run it before API and worker are started. Twice does no harm. See docs/backup-and-restore.md.',
    ],
    examples: [
      { run: 'zakops restored --reason "dump of 02:00, deals deleted by mistake"', does: 'the usual case' },
      {
        run: 'zakops restored --keep-sessions',
        does: 'all sessions go on, also those of operators who were logged out or disabled since the backup',
      },
    ],
  });
}
