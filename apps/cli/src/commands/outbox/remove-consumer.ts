import { ListConsumers, OutboxHttpModule, RemoveConsumer } from '#zakops/outbox';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import { CliError } from '../../cli.error.js';
import type { CliContext } from '../../context/cli-context.js';
import { withApplication } from '../../context/with-application.js';
import { confirm } from '../../terminal/confirm.js';

/** What `remove-consumer` may be told. */
export interface RemoveConsumerOptions {
  readonly reason?: string;
  readonly dryRun?: true;
  readonly yes?: true;
  readonly json?: true;
}

/** Removes a consumer that no worker runs any more. */
export async function removeConsumer({ env, terminal }: CliContext, name: string, options: RemoveConsumerOptions): Promise<void> {
  const asJson = options.json === true || !terminal.showsTables;
  await withApplication(env, { imports: [OutboxHttpModule] }, async (app) => {
    const found = (await app.get(QueryBus).execute(new ListConsumers())).find((consumer) => consumer.name === name);
    // Also before a question: nobody should be asked about what is not there.
    if (found === undefined) throw new CliError(`There is no consumer ${name}.`);
    const tickets = Object.values(found.tickets).reduce((sum, n) => sum + n, 0);
    const what = `${name} with ${String(tickets)} ${tickets === 1 ? 'ticket' : 'tickets'}`;
    if (options.dryRun === true) {
      terminal.print(
        asJson ? JSON.stringify({ dry_run: true, consumer: name, tickets }, null, 2) : `${what} would be removed; nothing was changed`,
      );
      return;
    }
    if (options.yes !== true) await confirm(`Remove ${what} for good?`, terminal);
    await app.get(CommandBus).execute(new RemoveConsumer(name, options.reason));
    terminal.print(asJson ? JSON.stringify({ status: 'removed', consumer: name }, null, 2) : `${name} is removed`);
  });
}
