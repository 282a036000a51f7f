import { defineConfig, integer, oneOf, secondsAsMs } from '#zakops/config';
import type { ConfigProblem } from '#zakops/config';
import type { DatabaseConfig } from '#zakops/database';

/** How events are published and delivered. */
export class OutboxConfig extends defineConfig('Outbox', {
  pollIntervalMs: {
    env: 'OUTBOX_POLL_INTERVAL',
    schema: secondsAsMs(0.05, 60),
    default: '1.0',
    form: 'seconds, 0.05 to 60',
    description: 'How often the worker looks for due tickets, and an API process for new events, when no notice wakes it first.',
    example: '1.0',
  },
  batchSize: {
    env: 'OUTBOX_BATCH_SIZE',
    schema: integer(1, 5_000),
    default: '1000',
    form: 'tickets, 1 to 5000',
    description: 'The most tickets that one statement publishes or claims.',
    example: '1000',
  },
  maxAttempts: {
    env: 'OUTBOX_MAX_ATTEMPTS',
    schema: integer(1, 20),
    default: '5',
    form: 'attempts, 1 to 20',
    description: 'After this many failed attempts a ticket is dead and waits in the dead letter queue.',
    example: '5',
  },
  handlerTimeoutMs: {
    env: 'OUTBOX_HANDLER_TIMEOUT',
    schema: secondsAsMs(0.1, 3_600),
    default: '30',
    form: 'seconds, 0.1 to 3600',
    description: 'How long a consumer may take for one event (or one batch, if it takes batches) before the attempt counts as failed.',
    example: '30',
  },
  leaseMs: {
    env: 'OUTBOX_LEASE',
    schema: secondsAsMs(1, 7_200),
    default: '60',
    form: 'seconds, 1 to 7200; longer than OUTBOX_HANDLER_TIMEOUT',
    description: 'How long a claimed ticket belongs to its claim unless it is renewed; the worker renews while it works.',
    example: '60',
  },
  wake: {
    env: 'OUTBOX_WAKE',
    schema: oneOf(['auto', 'listen', 'poll']),
    default: 'auto',
    form: 'auto, listen or poll',
    description:
      'How processes learn of new work: by PostgreSQL notices (`listen`) or by looking (`poll`, for poolers in transaction mode). ' +
      '`auto` sends itself a notice and polls when it does not come back.',
    example: 'auto',
  },
  shutdownTimeoutMs: {
    env: 'SHUTDOWN_TIMEOUT',
    schema: secondsAsMs(1, 300),
    default: '25',
    form: 'seconds, 1 to 300',
    description:
      'How long a stopping process may take in all, from the signal on, to finish what it has begun; in the API `DRAIN_DELAY` is a part of it.',
    example: '25',
  },
}) {}

/**
 * A lease that ends before its handler may would let two deliveries run at once; and the server would roll back the transaction of a handler
 * that waits for something else in it.
 */
export function checkOutboxConfig(config: OutboxConfig, database: DatabaseConfig): readonly ConfigProblem[] {
  const needed = { reason: 'must be longer than OUTBOX_HANDLER_TIMEOUT', example: '60' };
  return [
    ...(config.leaseMs > config.handlerTimeoutMs ? [] : [{ env: 'OUTBOX_LEASE', ...needed }]),
    ...(database.idleTransactionTimeoutMs > config.handlerTimeoutMs ? [] : [{ env: 'DATABASE_IDLE_TRANSACTION_TIMEOUT', ...needed }]),
  ];
}
