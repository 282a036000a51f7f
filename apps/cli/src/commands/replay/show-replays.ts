import { CancelReplay, GetReplay, ListReplays, ReplaysModule, toReplayResponse } from '#zakops/outbox';
import type { ReplayView } from '#zakops/outbox';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import type { CliContext } from '../../context/cli-context.js';
import { withApplication } from '../../context/with-application.js';
import { drawTable } from '../../terminal/table.js';

const MOST = 50;
const HEAD = ['replay', 'consumer', 'state', 'after', 'until', 'position', 'left', 'delivered', 'skipped', 'last error'];

/** Prints one replay. */
export async function showReplay(context: CliContext, id: string, asJson: boolean): Promise<void> {
  const view = await withApplication(context.env, { imports: [ReplaysModule] }, (app) => app.get(QueryBus).execute(new GetReplay(id)));
  await print(context, [view], asJson, toReplayResponse(view));
}

/** Prints the last replays. */
export async function listReplays(context: CliContext, asJson: boolean): Promise<void> {
  const { replays } = await withApplication(context.env, { imports: [ReplaysModule] }, (app) =>
    app.get(QueryBus).execute(new ListReplays(MOST, undefined)),
  );
  await print(context, replays, asJson, { replays: replays.map(toReplayResponse) });
}

/** Cancels a replay. */
export async function cancelReplay(
  context: CliContext,
  id: string,
  options: { readonly reason?: string; readonly json?: true },
): Promise<void> {
  const view = await withApplication(context.env, { imports: [ReplaysModule] }, (app) =>
    app.get(CommandBus).execute(new CancelReplay(id, options.reason)),
  );
  await print(context, [view], options.json === true, toReplayResponse(view));
}

async function print({ terminal }: CliContext, replays: readonly ReplayView[], asJson: boolean, json: unknown): Promise<void> {
  if (asJson || !terminal.showsTables) {
    terminal.print(JSON.stringify(json, null, 2));
    return;
  }
  const rows = replays.map((r) =>
    [
      r.id,
      r.consumer,
      r.state,
      r.afterPosition,
      r.untilPosition ?? 'cursor',
      r.position,
      r.left,
      r.delivered,
      r.skipped,
      r.lastError ?? '',
    ].map(String),
  );
  terminal.printDrawn(await drawTable({ head: HEAD, rows }, terminal));
}
