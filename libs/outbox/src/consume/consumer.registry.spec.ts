import type { DiscoveryService } from '@nestjs/core';
import { ConsumerDeclarationError, ConsumerRegistry } from './consumer.registry.js';
import type { RegisteredConsumer } from './consumer.registry.js';
import type { EventConsumerOptions } from './event-consumer.js';

function register(options: Partial<EventConsumerOptions>): RegisteredConsumer | undefined {
  const given: EventConsumerOptions = { name: 'mailer', events: ['deal.*'], ...options };
  const discovery = {
    getProviders: () => [{ instance: { handle: () => Promise.resolve() } }],
    getMetadataByDecorator: () => given,
  } as unknown as DiscoveryService;
  return new ConsumerRegistry(discovery).all()[0];
}

describe(ConsumerRegistry.name, () => {
  it('has no dead event block, and the default delays, unless something else is declared', () => {
    const consumer = register({});
    expect(consumer?.blockingRegex).toBeNull();
    expect(consumer?.isBlocking('deal.created')).toBe(false);
    expect(consumer?.retryDelaysOf('deal.created')).toBeUndefined();
  });

  it('has all dead events block, or those of some types', () => {
    expect(register({ onDead: 'block' })).toMatchObject({ blockingRegex: '^(?:.*)$' });
    const some = register({ onDead: { block: ['deal.created', 'alias.*'] } });
    expect(some?.blockingRegex).toBe('^(?:deal\\.created|alias\\..*)$');
    expect(['deal.created', 'alias.added', 'deal.updated'].map((type) => some?.isBlocking(type))).toEqual([true, true, false]);
  });

  it('gives the delays of the first entry that fits', () => {
    const consumer = register({ retries: { 'deal.created': [], 'deal.*': [1, 10], '*': [3_000] } });
    expect(['deal.created', 'deal.updated', 'alias.added'].map((type) => consumer?.retryDelaysOf(type))).toEqual([[], [1, 10], [3_000]]);
  });

  it.each<[string, Partial<EventConsumerOptions>, string]>([
    ['a name', { name: 'Mailer' }, 'the name is not usable'],
    ['events', { events: ['*.created'] }, 'its events are not readable'],
    ['a start', { startAt: -1 }, 'its start is no position'],
    ['a concurrency', { concurrency: 101 }, 'its concurrency is not 1 to 100'],
    ['events that block', { onDead: { block: ['*.created'] } }, 'the events that block are not readable'],
    ['the events of a retry', { retries: { deal: [1] } }, 'the events of its retries are not readable'],
    ['a delay of more than 3,000 s', { retries: { '*': [3_001] } }, 'its delays are not up to 19 numbers from 0 to 3000'],
    ['a negative delay', { retries: { '*': [-1] } }, 'its delays are not up to 19 numbers from 0 to 3000'],
    ['no number', { retries: { '*': [Number.NaN] } }, 'its delays are not up to 19 numbers from 0 to 3000'],
    ['twenty delays', { retries: { '*': Array.from({ length: 20 }, () => 1) } }, 'its delays are not up to 19 numbers from 0 to 3000'],
  ])('refuses what is declared wrongly: %s', (_what, options, reason) => {
    expect(() => register(options)).toThrow(ConsumerDeclarationError);
    expect(() => register(options)).toThrow(`: ${reason}.`);
  });
});
