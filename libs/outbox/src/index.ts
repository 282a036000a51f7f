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
export { FailingLoopResponse } from './http/dto/failing-loop.response.js';
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
export { needsEvents, deadLetterCondition, DEAD_LETTER_ID, FAILED_AT } from './dead-letters/dead-letter-filter.js';
export type { DeadLetterFilter } from './dead-letters/dead-letter-filter.js';
export { DeadLetterStore } from './dead-letters/dead-letter.store.js';
export type { DeadLetterPortion, ChangedDeadLetter } from './dead-letters/dead-letter.store.js';
export type { DeadLetterPlace } from './dead-letters/dead-letter-statements.js';
export { RetentionLagReader } from './retention/retention-lag.reader.js';
export { LeaderStatusReader } from './stats/leader-status.js';
export type { LeaderStatus } from './stats/leader-status.js';
export type { OutboxHealth, OutboxStats } from './stats/outbox-stats.js';
export { OutboxStatsReader } from './stats/outbox-stats.reader.js';
export { LOG_CONSUMER } from './tickets/log-consumer.js';
export { TICKETS } from './tickets/ticket-table.js';
export { HttpDeliveryError, PermanentDeliveryError } from './tickets/delivery.errors.js';
export { TICKET_TRANSITIONS } from './tickets/ticket-status.js';
export { WakeSignal } from './wake/wake-signal.js';
export type { WakeMode } from './wake/wake-signal.js';
