import { ExplainEvent, ExplainModule, toExplanationResponse } from '#zakops/explain';
import type { ExplanationResponse } from '#zakops/explain';
import { QueryBus } from '@nestjs/cqrs';
import type { CliContext } from '../../context/cli-context.js';
import { withApplication } from '../../context/with-application.js';
import { drawTable } from '../../terminal/table.js';
import type { Terminal } from '../../terminal/terminal.js';

/** Prints what became of one event, as the API answers it. */
export async function showExplanation({ env, terminal }: CliContext, id: string, asJson: boolean): Promise<void> {
  const explanation = await withApplication(env, { imports: [ExplainModule] }, async (app) =>
    toExplanationResponse(await app.get(QueryBus).execute(new ExplainEvent(id))),
  );
  if (asJson || !terminal.showsTables) terminal.print(JSON.stringify(explanation, null, 2));
  else terminal.printDrawn(await draw(explanation, terminal));
}

async function draw({ summary, event, call, publication, deliveries, streams }: ExplanationResponse, terminal: Terminal): Promise<string> {
  const rows = [
    ['event', `${event.type} ${event.id}`],
    ['of', `${event.aggregate_type} ${event.aggregate_id}, number ${String(event.aggregate_sequence)}`],
    ['made by', `${event.actor} at ${event.occurred_at}`],
    ['call', call === null ? 'none' : `${call.method ?? ''} ${call.path ?? ''} (audit entry ${call.audit_id})`],
    ['trace', event.trace_id ?? 'none'],
    ['correlation', event.correlation_id],
    ['published', publication === null ? 'not yet' : `position ${String(publication.position)} at ${publication.at}`],
    ['by worker', workerOf(publication)],
    ['streams', streams.sentence],
    ['summary', summary],
  ];
  const consumers = deliveries.map(({ consumer, state, attempts, sentence }) => [consumer, state, String(attempts.length), sentence]);
  return [
    await drawTable({ head: ['explanation', ''], rows }, terminal),
    await drawTable({ head: ['consumer', 'state', 'failed', 'what'], rows: consumers }, terminal),
  ].join('\n');
}

function workerOf(publication: ExplanationResponse['publication']): string {
  const worker = publication?.worker ?? null;
  return worker === null ? 'not known' : `${worker}, fence ${String(publication?.fence ?? '')}`;
}
