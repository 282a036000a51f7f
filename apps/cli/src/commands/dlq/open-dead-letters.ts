import { AuthConfig, CursorModule } from '#zakops/auth';
import { DlqModule } from '#zakops/dlq';
import { Cursors } from '#zakops/http';
import { OutboxConfig } from '#zakops/outbox';
import type { DeadLetterFilter } from '#zakops/outbox';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import { DatabaseClock } from '../../context/database-clock.js';
import { withApplication } from '../../context/with-application.js';
import type { FilterOptions } from './dead-letter-options.js';

/** What commands about dead letters work with: the handlers of the API. */
export interface DeadLetterBuses {
  readonly commands: CommandBus;
  readonly queries: QueryBus;
  readonly clock: DatabaseClock;
  /** Those of an API with the same SESSION_SECRET and DATABASE_URL. */
  readonly cursors: Cursors;
  /** For the answers, which name it. */
  readonly maxAttempts: number;
}

/** Runs `work` on the database of DATABASE_URL, as the actor `system:cli`. */
export async function withDeadLetters<T>(env: NodeJS.ProcessEnv, work: (buses: DeadLetterBuses) => Promise<T>): Promise<T> {
  return withApplication(env, { settings: [AuthConfig], imports: [CursorModule, DlqModule], providers: [DatabaseClock] }, (app) =>
    work({
      commands: app.get(CommandBus),
      queries: app.get(QueryBus),
      clock: app.get(DatabaseClock),
      cursors: app.get(Cursors),
      maxAttempts: app.get(OutboxConfig).maxAttempts,
    }),
  );
}

/** From the command line to the filter; ages count by the clock of the database. */
export async function toFilter(options: FilterOptions, clock: DatabaseClock): Promise<DeadLetterFilter> {
  const { olderThan, newerThan } = options;
  const ago = (seconds: number | undefined): Promise<string> | undefined => (seconds === undefined ? undefined : clock.instant(seconds));
  return {
    eventType: options.type,
    consumer: options.consumer,
    aggregateId: options.aggregate,
    aggregateType: options.aggregateType,
    correlationId: options.correlation,
    reasonCode: options.reasonCode,
    fingerprint: options.fingerprint,
    errorText: options.error,
    failedBefore: await ago(olderThan),
    failedAfter: await ago(newerThan),
  };
}
