import { toNfc } from '#zakops/kernel';
import type { CliContext } from '../../context/cli-context.js';
import { DocumentedCommand } from '../../help/documented-command.js';

/** `zakops lookup <id>`: what an id is. */
export function lookupCommand(context: CliContext): DocumentedCommand {
  const lookup = new DocumentedCommand('lookup')
    .description('say what an id is: an event, a dead letter, a deal, a trace, a position, and so on')
    .argument('<id>', 'an id as a whole', toNfc)
    .option('--json', 'print JSON, as when the output is piped')
    .action(async (id: string, { json }: { json?: true }) => {
      await (await import('./show-lookup.js')).showLookup(context, id, json === true);
    });
  return lookup.document({
    changes: 'nothing',
    notes: ['The JSON is that of GET /api/admin/lookup. Exact matches only, at most five of a kind; exits with 1 when nothing has the id.'],
    examples: [
      { run: 'zakops lookup 4bf92f3577b34da6a3ce929d0e0e4736', does: 'which events and audit entries belong to this trace?' },
      { run: 'zakops lookup DEAL-000001', does: 'which paths show it?' },
    ],
  });
}
