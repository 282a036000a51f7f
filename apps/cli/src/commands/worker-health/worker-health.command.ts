import type { CliContext } from '../../context/cli-context.js';
import { DocumentedCommand } from '../../help/documented-command.js';

/** `zakops worker-health`: for the probe of a worker, which has no port. */
export function workerHealthCommand(context: CliContext): DocumentedCommand {
  const command = new DocumentedCommand('worker-health')
    .description('say whether the worker of this host works, by its heartbeat in the database; for exec probes')
    .option('--host <name>', 'host part of its name in zakops.processes; by default HOSTNAME, or the name of this machine')
    .option('--json', 'print JSON')
    // Probes start a process for each look: only what this needs is loaded.
    .action(async ({ host, json }: { host?: string; json?: true }) => {
      const { checkWorkerHealth } = await import('./check-worker-health.js');
      await checkWorkerHealth(context, host, json === true);
    });
  return command.document({
    changes: 'nothing',
    notes: [
      'A worker whose publishing, lease or consumers fail every time is healthy with status failing, and the line says since when and of what:\n' +
        'a restart is not the cure.',
      'While the database is away the answer is healthy (status unknown): a restart of the worker would not bring it back. Let a probe restart\n' +
        'after three bad answers, not after one.',
    ],
    examples: [
      { run: 'zakops worker-health', does: 'in the container of the worker: one line that says how it is' },
      { run: 'zakops worker-health --host vm1 --json', does: 'from elsewhere, for a program' },
    ],
    exits: {
      0: 'the worker works, or fails for a reason that a restart does not mend, or the database cannot tell',
      1: 'a restart helps: no heartbeat, no progress, or no worker of this host',
    },
  });
}
