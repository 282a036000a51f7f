import { AuthConfig } from '#zakops/auth';
import { DlqModule, GetDeadLetterStats } from '#zakops/dlq';
import type { DeadLetterStats } from '#zakops/dlq';
import { GetOutboxStats, OutboxHttpModule } from '#zakops/outbox';
import type { OutboxStats } from '#zakops/outbox';
import { ProcessListModule, ProcessReader } from '#zakops/processes';
import type { ProcessRow } from '#zakops/processes';
import { QueryBus } from '@nestjs/cqrs';
import { withApplication } from '../../../context/with-application.js';

/** What the database holds about outbox, dead letters and processes. */
export interface SystemState {
  readonly outbox: OutboxStats;
  readonly deadLetters: DeadLetterStats;
  readonly processes: readonly ProcessRow[];
}

/**
 * Reads the state of the system by the queries of the API.
 *
 * @throws CliError when the database cannot be reached or migrations are pending; ConfigError when settings cannot be read
 */
export async function readSystemState(env: NodeJS.ProcessEnv): Promise<SystemState> {
  return withApplication(env, { settings: [AuthConfig], imports: [DlqModule, OutboxHttpModule, ProcessListModule] }, async (app) => {
    const queries = app.get(QueryBus);
    const [outbox, deadLetters, processes] = await Promise.all([
      queries.execute(new GetOutboxStats()),
      queries.execute(new GetDeadLetterStats()),
      app.get(ProcessReader).list(),
    ]);
    return { outbox, deadLetters, processes };
  });
}
