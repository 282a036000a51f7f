import { GetOutboxStats, OutboxHttpModule, toOutboxStatsResponse } from '#zakops/outbox';
import { QueryBus } from '@nestjs/cqrs';
import type { CliContext } from '../../context/cli-context.js';
import { withApplication } from '../../context/with-application.js';
import { drawTable } from '../../terminal/table.js';

/** Prints the stats of the outbox, as the API answers them. */
export async function showOutboxStats({ env, terminal }: CliContext, asJson: boolean): Promise<void> {
  const stats = await withApplication(env, { imports: [OutboxHttpModule] }, async (app) =>
    toOutboxStatsResponse(await app.get(QueryBus).execute(new GetOutboxStats())),
  );
  if (asJson || !terminal.showsTables) {
    terminal.print(JSON.stringify(stats, null, 2));
    return;
  }
  const { leader, rates } = stats;
  const rows = stats.consumers.map(({ consumer, by_status: n, waiting_count, oldest_due_age_seconds: age, last_delivered_at }) =>
    [consumer, n.pending, n.processing, n.failed, n.dead, n.delivered, waiting_count, age ?? '', last_delivered_at ?? 'never'].map(String),
  );
  const head = ['consumer', 'pending', 'processing', 'failed', 'dead', 'delivered', 'waiting', 'due for s', 'last delivered'];
  terminal.print(stats.summary);
  terminal.printDrawn(await drawTable({ head, rows }, terminal));
  terminal.print(
    leader.owner === null
      ? 'no worker was ever active'
      : `worker ${leader.owner} ${leader.alive ? `active since ${String(leader.since)}` : `silent since ${String(leader.last_heartbeat_at)}`}, wakes by ${stats.wake_mode ?? 'unknown'}`,
  );
  for (const { id, ends_at, reason } of stats.pauses) terminal.print(`paused by ${id} until ${ends_at}: ${reason}`);
  for (const { loop, since, failures, error, process: worker } of stats.failing)
    terminal.print(`${loop} of ${worker} fails since ${since} (${String(failures)} times): ${error}`);
  terminal.print(`${String(rates.published_per_second)} events published and ${String(rates.delivered_per_second)} delivered per second`);
}
