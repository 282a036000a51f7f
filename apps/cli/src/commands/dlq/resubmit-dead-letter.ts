import { ResubmitDeadLetter } from '#zakops/dlq';
import { readFile } from 'node:fs/promises';
import { CliError } from '../../cli.error.js';
import type { CliContext } from '../../context/cli-context.js';
import { withDeadLetters } from './open-dead-letters.js';
import { printsJson } from './print-change.js';

/** The options of `dlq resubmit`. */
export interface ResubmitOptions {
  readonly data: string;
  readonly reason: string;
  readonly json?: true;
}

/** Has the consumer of a dead letter get a corrected payload. */
export async function resubmitDeadLetter({ env, terminal }: CliContext, id: string, options: ResubmitOptions): Promise<void> {
  const data = parse(await readFile(options.data, 'utf8').catch(refuseFile));
  const { eventId, originalEventId, consumer } = await withDeadLetters(env, ({ commands }) =>
    commands.execute(new ResubmitDeadLetter(id, data, options.reason)),
  );
  const answer = { status: 'resubmitted', entry_id: id, event_id: eventId, original_event_id: originalEventId, consumer };
  if (printsJson(options, terminal)) terminal.print(JSON.stringify(answer, null, 2));
  else terminal.print(`${consumer} gets event ${eventId} in the place of ${originalEventId}`);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw new CliError('The file of --data holds no JSON.');
  }
}

function refuseFile(error: unknown): never {
  throw new CliError(`The file of --data cannot be read: ${error instanceof Error ? error.message : String(error)}`);
}
