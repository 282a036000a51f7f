import { QueryHandler } from '@nestjs/cqrs';
import type { IQueryHandler } from '@nestjs/cqrs';
import type { Alerts } from '../../views/alert.js';
import { AlertReader } from '../../persistence/alert.reader.js';
import { ListAlerts } from './list-alerts.query.js';

@QueryHandler(ListAlerts)
export class ListAlertsHandler implements IQueryHandler<ListAlerts> {
  constructor(private readonly alerts: AlertReader) {}

  async execute(query: ListAlerts): Promise<Alerts> {
    return this.alerts.list(query.type, query.severity, query.limit, query.after);
  }
}
