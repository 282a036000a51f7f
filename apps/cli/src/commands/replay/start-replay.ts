import { PreviewReplay, REPLAY_RATE, ReplaysModule, StartReplay, toReplayPreviewResponse, toReplayResponse } from '#zakops/outbox';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import { CliError } from '../../cli.error.js';
import type { CliContext } from '../../context/cli-context.js';
import { withApplication } from '../../context/with-application.js';
import { confirm } from '../../terminal/confirm.js';
import type { ReplayOptions } from './replay-options.js';

/** Counts what a replay would deliver, asks, and starts it. */
export async function startReplay({ env, terminal }: CliContext, consumer: string, options: ReplayOptions): Promise<void> {
  const asJson = options.json === true || !terminal.showsTables;
  const { from, to, rate = REPLAY_RATE.default } = options;
  const [since, before] = [readInstant(options.since), readInstant(options.before)];
  await withApplication(env, { imports: [ReplaysModule] }, async (app) => {
    const preview = await app.get(QueryBus).execute(new PreviewReplay(consumer, { from, to, since, before }));
    const count = `${String(preview.count)}${preview.isComplete ? '' : ' or more'} events`;
    const what = `${count} after position ${String(preview.afterPosition)} to ${consumer}, at most ${String(rate)} a second`;
    if (options.dryRun === true) {
      terminal.print(asJson ? JSON.stringify(toReplayPreviewResponse(preview), null, 2) : `would replay ${what}; nothing was changed`);
      return;
    }
    if (options.yes !== true) await confirm(`Replay ${what}?`, terminal);
    const start = new StartReplay(consumer, preview.afterPosition, preview.untilPosition, rate, options.reason);
    const view = await app.get(CommandBus).execute(start);
    terminal.print(asJson ? JSON.stringify(toReplayResponse(view), null, 2) : `replay ${view.id} is ${view.state}: ${what}`);
  });
}

/** A time without a zone would be read by that of the machine. */
function readInstant(text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  if (/^\d{4}-\d\d-\d\dT[\d:.]{5,15}(?:Z|[+-]\d\d:\d\d)$/.test(text) && !Number.isNaN(Date.parse(text))) return text;
  throw new CliError(`${text} is no instant with a zone, such as 2026-11-27T08:00:00Z.`);
}
