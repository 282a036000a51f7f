import { DealsConfig, DealsModule } from '#zakops/deals';
import type { INestApplicationContext } from '@nestjs/common';
import { withApplication } from '../../context/with-application.js';

/** Runs `work` with deals on the database of DATABASE_URL, as the actor `system:cli`. */
export async function withDeals<T>(env: NodeJS.ProcessEnv, work: (app: INestApplicationContext) => Promise<T>): Promise<T> {
  return withApplication(env, { settings: [DealsConfig], imports: [DealsModule] }, work);
}
