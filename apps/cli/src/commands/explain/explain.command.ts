import { Argument } from 'commander';
import type { CliContext } from '../../context/cli-context.js';
import { DocumentedCommand } from '../../help/documented-command.js';
import { readId } from '../dlq/dead-letter-options.js';

/** `zakops explain <event>`: the way of one event from the request to its effects. */
export function explainCommand(context: CliContext): DocumentedCommand {
  const explain = new DocumentedCommand('explain')
    .description('explain one event: who made it, when it was published, what became of it at each consumer, and what it waits for')
    .addArgument(new Argument('<event>', 'the id of the event; zakops lookup finds it').argParser(readId))
    .option('--json', 'print JSON, as when the output is piped')
    .action(async (id: string, { json }: { json?: true }) => {
      await (await import('./show-explanation.js')).showExplanation(context, id, json === true);
    });
  return explain.document({
    changes: 'nothing',
    notes: ['The JSON is that of GET /api/admin/events/{id}/explain. No payload is shown.'],
    examples: [
      { run: 'zakops explain 01a20766-1903-7000-b53a-f1a67f726fc3', does: 'why has nobody got this event yet?' },
      { run: 'zakops explain 01a20766-1903-7000-b53a-f1a67f726fc3 --json | jq -r .waits_for', does: 'only what it waits for' },
    ],
  });
}
