import { DiscardDeadLetter, DiscardDeadLetters, DiscardOldDeadLetters, RetryDeadLetter, RedriveDeadLetters } from '#zakops/dlq';
import { RevealDeadLetter } from '../../../../libs/dlq/src/commands/reveal-dead-letter/reveal-dead-letter.command.js';
import { EndStream } from '../../../../libs/sse/src/commands/end-stream/end-stream.command.js';
import { ShedStreams } from '../../../../libs/sse/src/commands/shed-streams/shed-streams.command.js';
import {
  CancelReplay,
  ChangePauseEnd,
  PauseDeliveries,
  RemoveConsumer,
  ResumeDeliveries,
  StartReplay,
  TryTicket,
  TryTickets,
} from '#zakops/outbox';
import { uuidV7 } from '#zakops/kernel';
import type { Command } from '@nestjs/cqrs';
import { OverrideLogLevel } from '../../../../libs/processes/src/log-level/commands/override-log-level/override-log-level.command.js';
import { RestoreLogLevel } from '../../../../libs/processes/src/log-level/commands/restore-log-level/restore-log-level.command.js';
import { keyCases, sessionCases } from './access.cases.js';
import { deadLetterTaskCases } from './dead-letter-task.cases.js';
import { dealPartCases } from './deal-part.cases.js';
import { dealCases } from './deal.cases.js';
import { operatorCases } from './operator.cases.js';
import { quarantineCases } from './quarantine.cases.js';
import type { Prepared } from './prepared.js';
import type { RollbackCase } from './rollback-case.js';

const STREAM_ID = '0199c4a2-7d1e-7c3b-9f50-3a1f6f1c2b4d';

/** Another API process, which holds one stream. */
const PROCESS_WITH_STREAM = `
  INSERT INTO zakops.processes (process_id, kind, version, commit, started_at, beat_at, progress_at, figures)
  VALUES ('other/1/a', 'api', '0', '0', now(), now(), now(), '{"sse_connections": 1, "sse_streams": [{
    "id": "${STREAM_ID}", "operator": "ann@example.com", "api_key_id": null, "since": "2026-01-31T12:00:00.000Z", "address": null,
    "filter": {"types": [], "correlation_id": null, "aggregate_id": null}, "resume": "live", "sent_frames": 0, "waiting_frames": 0}]}')
  ON CONFLICT (process_id) DO UPDATE SET beat_at = now()`;

/** What changes with a dead letter that leaves the queue. */
export const DEAD_LETTERS = ['dlq_operation_entries', 'dlq_operations', 'outbox_tickets', 'consumer_progress'];

/** And with a change of many of them. */
const REDRIVEN = [...DEAD_LETTERS, 'dlq_tasks', 'dlq_task_entries'];
const DISCARDED = [...DEAD_LETTERS, 'dlq_tasks', 'dead_letter_archive'];

/** Commands that do all they do in one transaction. */
export const ONE_TRANSACTION: readonly RollbackCase[] = [
  ...dealCases(),
  ...quarantineCases(),
  ...dealPartCases(),
  ...operatorCases(),
  ...sessionCases(),
  ...keyCases(),
  ...deadLetterTaskCases(DEAD_LETTERS),
  {
    name: 'RetryDeadLetter',
    writes: DEAD_LETTERS,
    command: async (given) => new RetryDeadLetter(await given.deadLetter(), 'mended'),
  },
  {
    name: 'DiscardDeadLetter',
    writes: [...DEAD_LETTERS, 'dead_letter_archive'],
    command: async (given) => new DiscardDeadLetter(await given.deadLetter(), 'given up'),
  },
  {
    name: 'RevealDeadLetter',
    writes: [],
    command: async (given) => new RevealDeadLetter(await given.deadLetter(), 'the broker asked'),
  },
  {
    name: 'OverrideLogLevel',
    writes: ['log_level_overrides'],
    command: () => Promise.resolve(new OverrideLogLevel('api', 'error', 5, undefined)),
  },
  {
    name: 'RestoreLogLevel',
    writes: ['log_level_overrides'],
    command: async (given) => {
      await given.run(new OverrideLogLevel('api', 'error', 5, undefined));
      return new RestoreLogLevel('api');
    },
  },
  {
    name: 'EndStream',
    writes: ['stream_orders'],
    command: async (given) => {
      await given.sql(PROCESS_WITH_STREAM);
      return new EndStream(STREAM_ID, 'a shared screen');
    },
  },
  {
    name: 'ShedStreams',
    writes: ['stream_orders'],
    command: async (given) => {
      await given.sql(PROCESS_WITH_STREAM);
      return new ShedStreams(1, 'too many');
    },
  },
  {
    name: 'RemoveConsumer',
    writes: ['consumer_progress'],
    command: async (given) => {
      await given.sql(
        `INSERT INTO zakops.consumer_progress (consumer, state, pattern, by_tickets) VALUES ('old', 'active', '^deal', false)`,
      );
      return new RemoveConsumer('old', 'not used any more');
    },
  },
  {
    name: 'TryTicket',
    writes: ['outbox_tickets'],
    command: async (given) => new TryTicket(await given.failedTicket(), 'mended'),
  },
  {
    name: 'TryTickets',
    writes: ['outbox_tickets'],
    command: async (given) => {
      await given.failedTicket();
      return new TryTickets({}, 'mended');
    },
  },
  {
    name: 'PauseDeliveries',
    writes: ['delivery_pauses'],
    command: () => Promise.resolve(new PauseDeliveries({ scope: 'event_type', eventType: 'deal.*' }, { minutes: 5 }, 'a bad release')),
  },
  {
    name: 'ChangePauseEnd',
    writes: ['delivery_pauses'],
    command: async (given) => new ChangePauseEnd(await paused(given, 'deal-activity'), { minutes: 30 }, 'it takes longer'),
  },
  {
    name: 'ResumeDeliveries',
    writes: ['delivery_pauses'],
    command: async (given) => new ResumeDeliveries({ id: await paused(given, 'sender-stats') }, 'mended'),
  },
  {
    name: 'StartReplay',
    writes: ['log_readers', 'replays'],
    command: async (given) => {
      await given.consumer('replayed');
      return new StartReplay('replayed', 0, null, 100, 'rebuild');
    },
  },
  {
    name: 'CancelReplay',
    writes: ['log_readers', 'replays'],
    command: async (given) => {
      await given.consumer('cancelled');
      const { id } = await given.run(new StartReplay('cancelled', 0, null, 100, 'rebuild'));
      return new CancelReplay(id, 'the wrong range');
    },
  },
];

async function paused(given: Prepared, consumer: string): Promise<string> {
  const id = uuidV7();
  await given.sql(
    `INSERT INTO zakops.delivery_pauses (id, scope, consumer, reason, paused_by, ends_at)
     VALUES ($1, 'consumer', $2, 'a repair', 'user:ann@example.com', now() + interval '1 hour')`,
    [id, consumer],
  );
  return id;
}

/** Commands that go through the dead letter queue portion by portion, each a transaction. */
export const IN_PORTIONS: readonly {
  readonly name: string;
  readonly writes: readonly string[];
  readonly command: (reason: string) => Command<unknown>;
}[] = [
  { name: 'RedriveDeadLetters', writes: REDRIVEN, command: (reason) => new RedriveDeadLetters({}, reason) },
  { name: 'DiscardDeadLetters', writes: DISCARDED, command: (reason) => new DiscardDeadLetters({}, reason) },
  { name: 'DiscardOldDeadLetters', writes: DISCARDED, command: (reason) => new DiscardOldDeadLetters(1, reason) },
];
