import { defineConfig, integer, oneOf, RuntimeConfig, secondsAsMs } from '#zakops/config';
import type { ConfigProblem, LoadedConfig } from '#zakops/config';
import { DatabaseConfig } from '#zakops/database';
import { CRASH_POINTS, crashPlan } from './crash-plan.js';

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
    form: 'events, 1 to 5000',
    description: 'The most events that one statement publishes, and that one transaction delivers.',
    example: '1000',
  },
  eventMaxBytes: {
    env: 'EVENT_MAX_BYTES',
    schema: integer(1_024, 1_048_576),
    default: '262144',
    form: 'bytes of JSON, 1024 to 1048576',
    description:
      'The largest payload of an event; numbers count with all their digits. A change whose event would be larger is answered 413 and not ' +
      'made. Readers, streams and consumers hold many events at once, so that this times their number has to fit into memory.',
    example: '262144',
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
  retentionDays: {
    env: 'OUTBOX_RETENTION_DAYS',
    schema: integer(0, 3_650),
    default: '7',
    form: 'days, 0 to 3650; 0 keeps all',
    description:
      'How long the worker keeps delivered tickets, and what versions before 0.4 delivered. Tickets that wait or are dead are kept.',
    example: '7',
  },
  attemptRetentionDays: {
    env: 'OUTBOX_ATTEMPTS_RETENTION_DAYS',
    schema: integer(0, 3_650),
    default: '30',
    form: 'days, 0 to 3650; 0 keeps all',
    description:
      'How long failed attempts of delivered tickets are kept, also after the tickets are gone. A ticket that waits or is dead keeps all of its attempts.',
    example: '30',
  },
  inboxRetentionDays: {
    env: 'INBOX_RETENTION_DAYS',
    schema: integer(0, 3_650),
    default: '7',
    form: 'days, 0 to 3650; 0 keeps all',
    description: 'How long the inbox remembers which events a consumer has taken effect of.',
    example: '7',
  },
  eventRetentionDays: {
    env: 'EVENTS_RETENTION_DAYS',
    schema: integer(0, 36_500),
    default: '90',
    form: 'days, 0 to 36500; 0 keeps all',
    description:
      'How long events stay in the log. An event goes only when every consumer has passed it, it has no open ticket, no replay still needs it, ' +
      'and all older ones are gone. Streams that resume before the first event that is left begin with `reset` and `too_old`.',
    example: '90',
  },
  crashPlan: {
    env: 'OUTBOX_CRASH_POINT',
    schema: crashPlan().optional(),
    form: `${CRASH_POINTS.join(', ')}; \`:<n>\` behind it for the n-th time`,
    description:
      'For rehearsals on staging: the process kills itself (SIGKILL) when it comes to this point of publishing or delivering. Each start ' +
      'counts from 1. Production refuses the setting.',
    example: 'before-commit:3',
  },
}) {}

/**
 * The server would roll back the transaction of a handler that takes longer than a transaction may be idle. Production does not rehearse crashes.
 */
export function checkOutboxConfig(loaded: Pick<LoadedConfig, 'get'>): readonly ConfigProblem[] {
  const config = loaded.get(OutboxConfig);
  const problems: ConfigProblem[] = [];
  if (loaded.get(DatabaseConfig).idleTransactionTimeoutMs <= config.handlerTimeoutMs) {
    problems.push({ env: 'DATABASE_IDLE_TRANSACTION_TIMEOUT', reason: 'must be longer than OUTBOX_HANDLER_TIMEOUT', example: '60' });
  }
  if (config.crashPlan !== undefined && loaded.get(RuntimeConfig).appEnv === 'production') {
    problems.push({ env: 'OUTBOX_CRASH_POINT', reason: 'must not be set when APP_ENV is production', example: '' });
  }
  return problems;
}
