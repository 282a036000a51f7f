import { AuthConfig } from '#zakops/auth';
import { DlqModule, GetDeadLetterStats } from '#zakops/dlq';
import type { DeadLetterStats } from '#zakops/dlq';
import { GetOutboxStats, OutboxHttpModule } from '#zakops/outbox';
import type { OutboxStats } from '#zakops/outbox';
import { RuntimeConfig } from '#zakops/config';
import { ProcessIdentity, ProcessReader } from '#zakops/processes';
import type { ProcessRow } from '#zakops/processes';
import { QueryBus } from '@nestjs/cqrs';
import { withApplication } from '../../../context/with-application.js';

/** What the system says of itself, by the queries of the API. */
export interface SystemFacts {
  readonly outbox: OutboxStats;
  readonly deadLetters: DeadLetterStats;
  readonly processes: readonly ProcessRow[];
}

// The reader asks for who reads, to leave it out where it counts others of its kind. A command is of none, and counts all of them.
const reader = {
  provide: ProcessIdentity,
  inject: [RuntimeConfig],
  useFactory: (config: RuntimeConfig) => new ProcessIdentity('api', config),
};

/**
 * Reads what the system says of itself.
 *
 * @throws CliError when the database cannot be reached or migrations are pending; ConfigError when settings cannot be read
 */
export async function readSystemFacts(env: NodeJS.ProcessEnv): Promise<SystemFacts> {
  return withApplication(
    env,
    { settings: [AuthConfig], imports: [DlqModule, OutboxHttpModule], providers: [reader, ProcessReader] },
    async (app) => {
      const queries = app.get(QueryBus);
      const [outbox, deadLetters, processes] = await Promise.all([
        queries.execute(new GetOutboxStats()),
        queries.execute(new GetDeadLetterStats()),
        app.get(ProcessReader).list(),
      ]);
      return { outbox, deadLetters, processes };
    },
  );
}
