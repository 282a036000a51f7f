import { AuthConfig } from '#zakops/auth';
import { OperatorsConfig, OperatorsModule } from '#zakops/operators';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import { withApplication } from '../../context/with-application.js';

/** What commands about operators work with. */
export interface OperatorBuses {
  readonly commands: CommandBus;
  readonly queries: QueryBus;
}

/**
 * Runs `work` on the database of DATABASE_URL, as the actor `system:cli`.
 *
 * @throws ConfigError when a setting cannot be read
 * @throws CliError when the database cannot be reached, or has another schema
 */
export async function withOperators<T>(env: NodeJS.ProcessEnv, work: (buses: OperatorBuses) => Promise<T>): Promise<T> {
  return withApplication(env, { settings: [AuthConfig, OperatorsConfig], imports: [OperatorsModule] }, (app) =>
    work({ commands: app.get(CommandBus), queries: app.get(QueryBus) }),
  );
}
