export { Outbox } from './append/outbox.js';
export { EventTooLargeError, OutboxOutsideTransactionError } from './append/outbox.errors.js';
export { EventConsumer } from './consume/event-consumer.js';
export type {
  AwaitingEventConsumer,
  BatchEventConsumer,
  Delivery,
  EventConsumerOptions,
  SingleEventConsumer,
} from './consume/event-consumer.js';
export { ListConsumers } from './consumer-admin/list-consumers.query.js';
export { RemoveConsumer } from './consumer-admin/remove-consumer.command.js';
export { CRASH_POINTS } from './crash-plan.js';
export type { CrashPoint } from './crash-plan.js';
export { GetOutboxStats } from './http/get-outbox-stats.query.js';
export { OutboxHttpModule } from './http/outbox-http.module.js';
export { toConsumerListResponse } from './http/to-consumer-response.js';
export { toFailingLoopResponse } from './http/to-failing-loop-response.js';
export { toOutboxStatsResponse } from './http/to-outbox-stats-response.js';
export { EventLog } from './log/event-log.js';
export { LogEpoch } from './log/log-epoch.js';
export type { RenamedLog } from './log/log-epoch.js';
export type { LogHead, PublishedEvent, StopFollowing } from './log/event-log.js';
export { checkOutboxConfig, OutboxConfig } from './outbox.config.js';
export { OutboxModule } from './outbox.module.js';
export { OutboxRelayModule } from './outbox-relay.module.js';
export { asksOfEvents, deadTicketCondition, ENTRY_ID, FAILED_AT } from './redrive/dead-ticket-filter.js';
export type { DeadTicketFilter } from './redrive/dead-ticket-filter.js';
export { Redrive } from './redrive/redrive.js';
export type { DeadTicketPortion, RevivedTicket } from './redrive/redrive.js';
export type { DeadTicketPlace } from './redrive/redrive-statements.js';
export type { OutboxStats } from './stats/outbox-stats.js';
export { OutboxStatsReader } from './stats/outbox-stats.reader.js';
export { LOG_CONSUMER } from './tickets/log-consumer.js';
export { TICKETS } from './tickets/ticket-table.js';
export { HttpDeliveryError, PermanentDeliveryError } from './tickets/delivery.errors.js';
export { TICKET_TRANSITIONS } from './tickets/ticket-status.js';
export { WakeSignal } from './wake/wake-signal.js';
export type { WakeMode } from './wake/wake-signal.js';
