import { AggregateRoot } from './aggregate-root.js';
import type { DomainEvent } from './domain-event.js';

class Counter extends AggregateRoot {
  static at(version: number): Counter {
    return new Counter(version);
  }

  tick(): void {
    this.record((id, aggregateSeq): DomainEvent => ({
      id,
      type: 'counter.ticked',
      schemaVersion: 1,
      aggregateType: 'counter',
      aggregateId: 'C-1',
      aggregateSeq,
      data: {},
    }));
  }
}

describe(AggregateRoot.name, () => {
  it('numbers events after the version it was loaded with, and hands them over once', () => {
    const counter = Counter.at(4);
    counter.tick();
    counter.tick();
    expect([counter.version, counter.changed]).toEqual([6, true]);
    expect(counter.pullEvents().map((event) => event.aggregateSeq)).toEqual([5, 6]);
    expect([counter.pullEvents(), counter.changed, counter.version]).toEqual([[], false, 6]);
  });
});
