import { Query } from '@nestjs/cqrs';
import type { AlertPlace, Alerts } from '../../views/alert.js';

/** What somebody should look at: what presses first, then the oldest. */
export class ListAlerts extends Query<Alerts> {
  constructor(
    readonly type: string | undefined,
    readonly severity: string | undefined,
    readonly limit: number,
    readonly after: AlertPlace | undefined,
  ) {
    super();
  }
}
