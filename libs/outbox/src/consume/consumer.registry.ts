import { eventPatternsToRegex, isEventPattern } from '#zakops/contracts';
import { Injectable } from '@nestjs/common';
import { DiscoveryService } from '@nestjs/core';
import { LOG_CONSUMER } from '../tickets/log-consumer.js';
import { EventConsumer } from './event-consumer.js';
import type { BatchEventConsumer, DeadPolicy, SingleEventConsumer } from './event-consumer.js';

const NAME = /^[a-z][a-z0-9-]{1,48}$/;

/** A consumer found among the providers. */
export interface RegisteredConsumer {
  readonly name: string;
  /** Regular expression of the event types it wants. */
  readonly eventsRegex: string;
  readonly onDead: DeadPolicy;
  readonly instance: SingleEventConsumer | BatchEventConsumer;
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
   * @throws ConsumerDeclarationError for a bad or repeated name, an unreadable pattern, or a class without a handler
   */
  all(): readonly RegisteredConsumer[] {
    const found = new Map<string, RegisteredConsumer>();
    for (const wrapper of this.discovery.getProviders({ metadataKey: EventConsumer.KEY })) {
      const options = this.discovery.getMetadataByDecorator(EventConsumer, wrapper);
      if (options === undefined) continue;
      const { name, events, onDead = 'skip' } = options;
      const instance: unknown = wrapper.instance;
      if (!NAME.test(name) || name === LOG_CONSUMER) throw new ConsumerDeclarationError(name, 'the name is not usable');
      if (found.has(name) && found.get(name)?.instance !== instance) throw new ConsumerDeclarationError(name, 'the name is taken');
      if (events.length === 0 || !events.every(isEventPattern)) throw new ConsumerDeclarationError(name, 'its events are not readable');
      if (!isConsumer(instance)) throw new ConsumerDeclarationError(name, 'it has neither handle nor handleBatch');
      found.set(name, { name, eventsRegex: eventPatternsToRegex(events), onDead, instance });
    }
    return [...found.values()];
  }
}

function isConsumer(instance: unknown): instance is SingleEventConsumer | BatchEventConsumer {
  if (typeof instance !== 'object' || instance === null) return false;
  return (
    ('handle' in instance && typeof instance.handle === 'function') ||
    ('handleBatch' in instance && typeof instance.handleBatch === 'function')
  );
}
