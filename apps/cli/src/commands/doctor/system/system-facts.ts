import { DlqModule, GetDeadLetterStats } from '#zakops/dlq';
import type { DeadLetterStats } from '#zakops/dlq';
import { GetOutboxStats, OutboxHttpModule } from '#zakops/outbox';
import type { OutboxStats } from '#zakops/outbox';
import { ProcessReader } from '#zakops/processes';
import type { ProcessRow } from '#zakops/processes';
import { QueryBus } from '@nestjs/cqrs';
import { withApplication } from '../../../context/with-application.js';

/** What the system says of itself, by the queries of the API. */
export interface SystemFacts {
  readonly outbox: OutboxStats;
  readonly deadLetters: DeadLetterStats;
  readonly processes: readonly ProcessRow[];
}

/**
 * Reads what the system says of itself.
 *
 * @throws CliError when the database cannot be reached or migrations are pending; ConfigError when settings cannot be read
 */
export async function readSystemFacts(env: NodeJS.ProcessEnv): Promise<SystemFacts> {
  return withApplication(env, { imports: [DlqModule, OutboxHttpModule], providers: [ProcessReader] }, async (app) => {
    const queries = app.get(QueryBus);
    const [outbox, deadLetters, processes] = await Promise.all([
      queries.execute(new GetOutboxStats()),
      queries.execute(new GetDeadLetterStats()),
      app.get(ProcessReader).list(),
    ]);
    return { outbox, deadLetters, processes };
  });
}
