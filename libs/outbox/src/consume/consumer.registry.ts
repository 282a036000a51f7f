import { eventPatternsToRegex, isEventPattern, matchesEventPattern } from '#zakops/contracts';
import { Injectable } from '@nestjs/common';
import { DiscoveryService } from '@nestjs/core';
import { LOG_CONSUMER } from '../tickets/log-consumer.js';
import { LONGEST_RETRY_DELAY } from '../tickets/retry-schedule.js';
import type { RetryDelays } from '../tickets/retry-schedule.js';
import { EventConsumer } from './event-consumer.js';
import type { AwaitingEventConsumer, BatchEventConsumer, EventConsumerOptions, SingleEventConsumer } from './event-consumer.js';

const NAME = /^[a-z][a-z0-9-]{1,48}$/;
const MOST_CONCURRENT = 100;
const DEFAULT_CONCURRENCY = 8;
const MOST_ATTEMPTS = 20;
const DELAYS = `up to ${String(MOST_ATTEMPTS - 1)} numbers from 0 to ${String(LONGEST_RETRY_DELAY)}`;

/** What a consumer's class may be. */
export type ConsumerInstance = SingleEventConsumer | BatchEventConsumer | AwaitingEventConsumer;

/** A consumer found among the providers. */
export interface RegisteredConsumer {
  readonly name: string;
  /** Regular expression of the event types it wants, for JavaScript and PostgreSQL alike. */
  readonly eventsRegex: string;
  /** Whether it wants events of a type; what {@link eventsRegex} says. */
  readonly isWanted: (type: string) => boolean;
  /** Regular expression of the event types whose dead tickets hold back later ones of their aggregate; null for none. */
  readonly blockingRegex: string | null;
  /** Whether a dead event of a type holds back later ones; what {@link blockingRegex} says. */
  readonly isBlocking: (type: string) => boolean;
  /** The delays that are declared for a type; undefined for the default. */
  readonly retryDelaysOf: (type: string) => RetryDelays | undefined;
  /** The position after which it begins when the database does not know it; undefined for the end of the log. */
  readonly startAfter: number | undefined;
  readonly concurrency: number;
  readonly instance: ConsumerInstance;
}

/** A consumer is declared wrongly: a defect that stops the start. */
export class ConsumerDeclarationError extends Error {
  constructor(name: string, reason: string) {
    super(`Event consumer ${name}: ${reason}.`);
    this.name = 'ConsumerDeclarationError';
  }
}

/** Finds the consumers that features declare with `@EventConsumer`. */
@Injectable()
export class ConsumerRegistry {
  constructor(private readonly discovery: DiscoveryService) {}

  /**
   * All consumers of this process.
   *
   * @throws ConsumerDeclarationError for a bad or repeated name, an unreadable pattern, delay or start, or a class without exactly one handler
   */
  all(): readonly RegisteredConsumer[] {
    const found = new Map<string, RegisteredConsumer>();
    for (const wrapper of this.discovery.getProviders({ metadataKey: EventConsumer.KEY })) {
      const options = this.discovery.getMetadataByDecorator(EventConsumer, wrapper);
      if (options === undefined) continue;
      const instance: unknown = wrapper.instance;
      if (found.has(options.name) && found.get(options.name)?.instance !== instance) {
        throw new ConsumerDeclarationError(options.name, 'the name is taken');
      }
      found.set(options.name, toConsumer(options, instance));
    }
    return [...found.values()];
  }
}

function toConsumer(options: EventConsumerOptions, instance: unknown): RegisteredConsumer {
  const { name, events, onDead = 'skip', retries = {}, startAt = 'head', concurrency = DEFAULT_CONCURRENCY } = options;
  const refuse = (reason: string): never => {
    throw new ConsumerDeclarationError(name, reason);
  };
  if (!NAME.test(name) || name === LOG_CONSUMER) refuse('the name is not usable');
  if (events.length === 0 || !events.every(isEventPattern)) refuse('its events are not readable');
  const blocking = onDead === 'skip' ? [] : onDead === 'block' ? ['*'] : onDead.block;
  if (!blocking.every(isEventPattern)) refuse('the events that block are not readable');
  const delays = Object.entries(retries);
  if (!delays.every(([pattern]) => isEventPattern(pattern))) refuse('the events of its retries are not readable');
  if (!delays.every(([, seconds]) => seconds.length < MOST_ATTEMPTS && seconds.every(isDelay))) refuse(`its delays are not ${DELAYS}`);
  if (typeof startAt === 'number' && !(Number.isSafeInteger(startAt) && startAt >= 0)) refuse('its start is no position');
  if (!Number.isInteger(concurrency) || concurrency < 1 || concurrency > MOST_CONCURRENT) refuse('its concurrency is not 1 to 100');
  if (!isConsumer(instance)) throw new ConsumerDeclarationError(name, 'it has not exactly one of handle, handleBatch and handleAwaiting');
  const startAfter = startAt === 'head' ? undefined : startAt === 'beginning' ? 0 : startAt;
  return {
    name,
    eventsRegex: eventPatternsToRegex(events),
    isWanted: (type) => events.some((pattern) => matchesEventPattern(pattern, type)),
    blockingRegex: blocking.length === 0 ? null : eventPatternsToRegex(blocking),
    isBlocking: (type) => blocking.some((pattern) => matchesEventPattern(pattern, type)),
    retryDelaysOf: (type) => delays.find(([pattern]) => matchesEventPattern(pattern, type))?.[1],
    startAfter,
    concurrency,
    instance,
  };
}

function isDelay(seconds: number): boolean {
  return seconds >= 0 && seconds <= LONGEST_RETRY_DELAY;
}

function isConsumer(instance: unknown): instance is ConsumerInstance {
  if (typeof instance !== 'object' || instance === null) return false;
  const members = instance as Record<string, unknown>;
  return ['handle', 'handleBatch', 'handleAwaiting'].filter((name) => typeof members[name] === 'function').length === 1;
}
