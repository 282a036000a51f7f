import {
  ChangePauseEnd,
  describeTarget,
  PauseDeliveries,
  PausesModule,
  ResumeDeliveries,
  toPauseEnd,
  toPauseResponse,
} from '#zakops/outbox';
import type { Pause } from '#zakops/outbox';
import { CommandBus } from '@nestjs/cqrs';
import type { Command } from '@nestjs/cqrs';
import { CliError } from '../../cli.error.js';
import type { CliContext } from '../../context/cli-context.js';
import { withApplication } from '../../context/with-application.js';
import { choosesNoTarget, readTarget } from './pause-options.js';
import type { ChangePauseOptions, PauseOptions, ResumeOptions } from './pause-options.js';

/** Pauses deliveries, as `POST /api/admin/outbox/pause` does. */
export async function pauseDeliveries(context: CliContext, options: PauseOptions): Promise<void> {
  const command = new PauseDeliveries(readTarget(options), toPauseEnd(options, false), options.reason);
  await run(
    context,
    command,
    options,
    ({ id, target, endsAt }) => `${describeTarget(target)} are paused until ${endsAt.toISOString()} (${id})`,
  );
}

/** Ends a pause, as `POST /api/admin/outbox/resume` does. */
export async function resumeDeliveries(context: CliContext, id: string | undefined, options: ResumeOptions): Promise<void> {
  if (id !== undefined && !choosesNoTarget(options)) throw new CliError('Give the id of the pause or what it pauses, and not both.');
  const which = id === undefined ? { target: readTarget(options) } : { id };
  await run(context, new ResumeDeliveries(which, options.reason), options, ({ target }) => `${describeTarget(target)} go on`);
}

/** Gives a pause another end, as `POST /api/admin/outbox/pauses/{id}/end` does. */
export async function changePause(context: CliContext, id: string, options: ChangePauseOptions): Promise<void> {
  const command = new ChangePauseEnd(id, toPauseEnd(options, true), options.reason);
  await run(context, command, options, ({ target, endsAt }) => `${describeTarget(target)} are paused until ${endsAt.toISOString()}`);
}

async function run(
  { env, terminal }: CliContext,
  command: Command<Pause>,
  { json }: { readonly json?: true },
  say: (pause: Pause) => string,
): Promise<void> {
  const pause = await withApplication(env, { imports: [PausesModule] }, (app) => app.get(CommandBus).execute(command));
  terminal.print(json === true || !terminal.showsTables ? JSON.stringify(toPauseResponse(pause), null, 2) : say(pause));
}
