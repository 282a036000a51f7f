import { ExpressAdapter } from '@nestjs/platform-express';
import express from 'express';

/**
 * Makes the adapter that the application must be created with.
 *
 * @remarks Its router knows one spelling of a path: `/API/ADMIN` must not pass a proxy's rule for `/api/admin`. It reads these settings when
 * it is first asked for, which Nest does while it creates the application.
 */
export function createHttpAdapter(): ExpressAdapter {
  const app = express();
  app.enable('case sensitive routing');
  app.enable('strict routing');
  return new ExpressAdapter(app);
}
