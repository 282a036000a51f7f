import { UnitOfWork } from '#zakops/database';
import type { Transaction } from '#zakops/database';
import { Injectable, Logger } from '@nestjs/common';
import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { LOG_CONSUMER } from '../tickets/log-consumer.js';
import { DeliveredCheckStore } from './delivered-check.store.js';
import type { CountByConsumer, DeliveredComparison } from './delivered-check.store.js';

/** Positions that one step reads: well under a second. */
const POSITIONS_PER_STEP = 50_000;

/** The snapshot keeps dead rows from being cleaned up while it is open; a table that takes longer needs another way to count. */
const LIMIT_MS = 600_000;

/**
 * Compares the counters of delivered events, which the stats show, with the log: events that a cursor has passed, minus open tickets and
 * discarded dead letters.
 *
 * @remarks In one snapshot, so that deliveries meanwhile make no difference, and in small steps with pauses of their own length, so that
 * it takes half of a connection's time at most. A counter that is too small is raised. One that is too large is left alone:
 * it counts events that retention has removed since. The last position, which stands for the consumer `log`, is never changed.
 */
@Injectable()
export class DeliveredCheck {
  readonly #logger = new Logger(DeliveredCheck.name);

  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly store: DeliveredCheckStore,
  ) {}

  /**
   * Compares and corrects.
   *
   * @param signal - ends the comparison between two steps; nothing is written then
   * @param positionsPerStep - how much one step reads
   * @returns what was found, by consumer; empty when it was ended
   */
  async run(signal: AbortSignal, positionsPerStep = POSITIONS_PER_STEP): Promise<readonly DeliveredComparison[]> {
    const found = await this.unitOfWork.runReading((tx) => this.compare(tx, signal, positionsPerStep));
    await this.unitOfWork.runApart(async (tx) => {
      for (const comparison of found) await this.store.note(tx, comparison);
    });
    for (const { consumer, counter, counted, corrected } of found) {
      const comparison = { consumer, counter, counted };
      if (corrected) this.#logger.warn(comparison, 'The counter of delivered events was too small, and was corrected.');
      else if (counted > counter) this.#logger.error(comparison, 'The log has more positions than its head says.');
    }
    return found;
  }

  private async compare(tx: Transaction, signal: AbortSignal, positionsPerStep: number): Promise<readonly DeliveredComparison[]> {
    await this.store.freeze(tx);
    const { counters, notDelivered, last, at } = await this.store.begin(tx);
    const counted = new Map<string, number>();
    const startedAt = performance.now();
    for (let from = 0; from < last; from += positionsPerStep) {
      if (signal.aborted) return [];
      const stepAt = performance.now();
      if (stepAt - startedAt > LIMIT_MS) {
        this.#logger.warn({ last, from }, 'Comparing the counters of delivered events takes too long; given up for today.');
        return [];
      }
      add(counted, await this.store.count(tx, from, Math.min(last, from + positionsPerStep)));
      await sleep(performance.now() - stepAt, undefined, { signal }).catch(() => undefined);
    }
    const consumers = new Set([...counters.keys(), ...counted.keys()]);
    return [...consumers].map((consumer) => {
      const comparison = {
        consumer,
        checkedAt: at,
        counter: counters.get(consumer) ?? 0,
        counted: Math.max(0, (counted.get(consumer) ?? 0) - (notDelivered.get(consumer) ?? 0)),
      };
      const isTooSmall = comparison.counted > comparison.counter;
      return { ...comparison, corrected: isTooSmall && consumer !== LOG_CONSUMER && counters.has(consumer) };
    });
  }
}

function add(sums: Map<string, number>, part: CountByConsumer): void {
  for (const [consumer, n] of part) sums.set(consumer, (sums.get(consumer) ?? 0) + n);
}
