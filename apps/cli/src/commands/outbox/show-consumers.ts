import { ListConsumers, OutboxHttpModule, toConsumerListResponse } from '#zakops/outbox';
import { QueryBus } from '@nestjs/cqrs';
import type { CliContext } from '../../context/cli-context.js';
import { withApplication } from '../../context/with-application.js';
import { drawTable } from '../../terminal/table.js';

/** Prints the consumers in the database, as the API answers them. */
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
  terminal.printDrawn(await drawTable({ head, rows }, terminal));
}
