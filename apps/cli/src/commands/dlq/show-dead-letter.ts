import { GetDeadLetter, toDeadLetterDetailsResponse } from '#zakops/dlq';
import type { DeadLetterDetailsResponse } from '#zakops/dlq';
import { visible } from '#zakops/kernel';
import type { CliContext } from '../../context/cli-context.js';
import { colored } from '../../terminal/color.js';
import { drawTable } from '../../terminal/table.js';
import type { Terminal } from '../../terminal/terminal.js';
import { withDeadLetters } from './open-dead-letters.js';

/** Prints one dead letter with its history. */
export async function showDeadLetter({ env, terminal }: CliContext, id: string, asJson: boolean): Promise<void> {
  const entry = await withDeadLetters(env, async ({ queries, maxAttempts }) =>
    toDeadLetterDetailsResponse(await queries.execute(new GetDeadLetter(id)), maxAttempts),
  );
  if (asJson || !terminal.showsTables) terminal.print(JSON.stringify(entry, null, 2));
  else terminal.printDrawn(await draw(entry, terminal));
}

async function draw(entry: DeadLetterDetailsResponse, terminal: Terminal): Promise<string> {
  const title = (text: string): string => colored(text, 'bold', terminal.usesColor);
  const { attempt_history: attempts, operations, event_data: data, ...fields } = entry;
  const rows = Object.entries(fields).map(([name, value]) => [name, value === null ? '' : String(value)]);
  const parts = [
    await drawTable({ head: ['dead letter', entry.id], rows: rows.filter(([name]) => name !== 'id') }, terminal),
    `${title('payload')}\n${visible(JSON.stringify(data, null, 2))}`,
  ];
  if (attempts.length > 0) {
    const attemptRows = attempts.map((a) => [
      `${String(a.number)}\n(${String(a.replay)}.${String(a.attempt)})`,
      a.started_at,
      `${String(a.duration_ms)} ms`,
      [a.reason_code, a.error_class, a.sql_state].filter((part) => part !== null).join('\n'),
      [a.error, a.message === a.error ? null : a.message, a.frame].filter((part) => part !== null).join('\n'),
    ]);
    parts.push(await drawTable({ head: ['attempt', 'at', 'took', 'reason', 'error'], rows: attemptRows }, terminal));
  }
  if (operations.length > 0) {
    const operationRows = operations.map((o) => [o.kind, o.performed_at, o.actor, o.reason ?? '']);
    parts.push(await drawTable({ head: ['operation', 'at', 'by', 'reason'], rows: operationRows }, terminal));
  }
  return parts.join('\n');
}
