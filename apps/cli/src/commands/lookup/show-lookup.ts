import { AuditEntryLookup } from '#zakops/audit';
import { DealLookup } from '#zakops/deals';
import { DeadLetterLookup } from '#zakops/dlq';
import { LookupId, LookupModule } from '#zakops/lookup';
import { OperatorLookup } from '#zakops/operators';
import { EventLookup } from '#zakops/outbox';
import { ProcessLookup } from '#zakops/processes';
import { QueryBus } from '@nestjs/cqrs';
import { CliError } from '../../cli.error.js';
import type { CliContext } from '../../context/cli-context.js';
import { withApplication } from '../../context/with-application.js';
import { drawTable } from '../../terminal/table.js';

const SOURCES = [AuditEntryLookup, DeadLetterLookup, DealLookup, EventLookup, OperatorLookup, ProcessLookup];

/** Prints what an id is, as the API answers it. */
export async function showLookup({ env, terminal }: CliContext, id: string, asJson: boolean): Promise<void> {
  const hits = await withApplication(env, { imports: [LookupModule], providers: SOURCES }, (app) =>
    app.get(QueryBus).execute(new LookupId(id, undefined)),
  );
  if (asJson || !terminal.showsTables) terminal.print(JSON.stringify({ q: id, hits }, null, 2));
  if (hits.length === 0) throw new CliError(`Nothing has the id ${id}.`);
  if (asJson || !terminal.showsTables) return;
  const rows = hits.map(({ kind, id: of, title, path }) => [kind, of, title, path]);
  terminal.printDrawn(await drawTable({ head: ['kind', 'id', 'what', 'shown at'], rows }, terminal));
}
