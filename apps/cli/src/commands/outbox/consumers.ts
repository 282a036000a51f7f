import { ListConsumers, OutboxHttpModule, RemoveConsumer, toConsumerListResponse } from '#zakops/outbox';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import { CliError } from '../../cli.error.js';
import type { CliContext } from '../../context/cli-context.js';
import { withApplication } from '../../context/with-application.js';
import { confirm } from '../../terminal/confirm.js';
import { drawTable } from '../../terminal/table.js';

/** What `remove-consumer` may be told. */
export interface RemoveConsumerOptions {
  readonly reason?: string;
  readonly dryRun?: true;
  readonly yes?: true;
  readonly json?: true;
}

/** Prints the consumers that the database knows, as the API answers them. */
export async function showConsumers({ env, terminal }: CliContext, asJson: boolean): Promise<void> {
  const list = await withApplication(env, { imports: [OutboxHttpModule] }, async (app) =>
    toConsumerListResponse(await app.get(QueryBus).execute(new ListConsumers())),
  );
  if (asJson || !terminal.showsTables) {
    terminal.print(JSON.stringify(list, null, 2));
    return;
  }
  const rows = list.consumers.map(({ name, state, running, position, lag, delivered, tickets: n, last_delivered_at }) =>
    [
      name,
      state,
      running ? 'yes' : 'no',
      position,
      lag,
      n.pending,
      n.processing,
      n.failed,
      n.dead,
      delivered,
      last_delivered_at ?? 'never',
    ].map(String),
  );
  const head = [
    'consumer',
    'state',
    'running',
    'position',
    'lag',
    'pending',
    'processing',
    'failed',
    'dead',
    'delivered',
    'last delivered',
  ];
  terminal.print(await drawTable({ head, rows }, terminal));
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
