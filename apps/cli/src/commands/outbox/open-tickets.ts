import { AuthConfig, CursorModule } from '#zakops/auth';
import { Cursors } from '#zakops/http';
import { OutboxConfig, TicketAdminModule } from '#zakops/outbox';
import type { TicketFilter } from '#zakops/outbox';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import { withApplication } from '../../context/with-application.js';
import type { TicketFilterOptions } from './ticket-options.js';

/** What commands about tickets work with: the handlers of the API. */
export interface TicketBuses {
  readonly commands: CommandBus;
  readonly queries: QueryBus;
  /** Those of an API with the same SESSION_SECRET and DATABASE_URL. */
  readonly cursors: Cursors;
  /** For the answers, which name it. */
  readonly maxAttempts: number;
}

/** Runs `work` on the database of DATABASE_URL, as the actor `system:cli`. */
export async function withTickets<T>(env: NodeJS.ProcessEnv, work: (buses: TicketBuses) => Promise<T>): Promise<T> {
  return withApplication(env, { settings: [AuthConfig], imports: [CursorModule, TicketAdminModule] }, (app) =>
    work({
      commands: app.get(CommandBus),
      queries: app.get(QueryBus),
      cursors: app.get(Cursors),
      maxAttempts: app.get(OutboxConfig).maxAttempts,
    }),
  );
}

/** From the command line to the filter. */
export function toFilter({ consumer, type, aggregate, fingerprint }: TicketFilterOptions): TicketFilter {
  return { consumer, eventType: type, aggregateId: aggregate, fingerprint };
}
