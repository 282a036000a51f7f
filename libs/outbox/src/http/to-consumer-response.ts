import type { ConsumerView } from '../consumer-admin/consumer.view.js';
import type { ConsumerListResponse } from './dto/consumers.response.js';

/** From the consumers to their form on the wire. */
export function toConsumerListResponse(consumers: readonly ConsumerView[]): ConsumerListResponse {
  return {
    consumers: consumers.map((view) => ({
      name: view.name,
      state: view.state,
      pattern: view.pattern,
      position: view.position,
      lag: view.lag,
      delivered: view.delivered,
      tickets: { ...view.tickets },
      running: view.isRunning,
      by_tickets: view.byTickets,
      blocking_types: view.blockingTypes,
      registered_at: view.registeredAt.toISOString(),
      last_delivered_at: view.lastDeliveredAt?.toISOString() ?? null,
    })),
  };
}
