import { retentionContributors } from '#zakops/database';
import type { RetentionContributor } from '#zakops/database';
import { Injectable } from '@nestjs/common';
import type { OnApplicationBootstrap } from '@nestjs/common';
import { DiscoveryService } from '@nestjs/core';
import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { OutboxConfig } from '../outbox.config.js';
import { MOST_ROWS, SWEPT_TABLES } from './retention-statements.js';
import type { SweptTable } from './retention-statements.js';
import { RetentionStore } from './retention.store.js';
import type { SweepKey } from './retention.store.js';

/** Portions without anything to remove that one run looks through of a table; the next run goes on behind them. */
const IDLE_PORTIONS = 20;

/**
 * Removes old rows: delivered tickets, tickets of removed consumers, attempts, rows of older versions, old events, and what other modules
 * contribute with `@ContributesRetention`.
 *
 * @remarks In portions of at most 5,000 rows, each a transaction, with a pause as long as the portion took: never more than half of one
 * connection's time. The next run takes up one that ended early. Events go by `zakops.purge_events`, which keeps what a consumer, an open
 * ticket or a reader of the log still needs. See docs/adr/0017-retention-by-deletes.md.
 */
@Injectable()
export class Retention implements OnApplicationBootstrap {
  readonly #places = new Map<SweptTable, SweepKey>();
  #contributors: readonly RetentionContributor[] | undefined;

  constructor(
    private readonly store: RetentionStore,
    private readonly config: OutboxConfig,
    private readonly discovery: DiscoveryService,
  ) {}

  /** @throws RetentionDeclarationError at the start, and not in a run */
  onApplicationBootstrap(): void {
    this.contributors();
  }

  /**
   * Removes every row that is older than the settings allow.
   *
   * @param isOver - asked before each portion: true ends the run
   */
  async run(isOver: () => boolean): Promise<void> {
    const { retentionDays: days, eventRetentionDays: eventDays } = this.config;
    await this.inPortions(() => this.store.purgeRemoved(), isOver);
    if (days > 0) await this.inPortions(() => this.store.purgeDelivered(days), isOver);
    for (const table of SWEPT_TABLES) {
      if (this.config[table.days] > 0) await this.sweep(table, this.config[table.days], isOver);
    }
    for (const contributor of this.contributors()) {
      if (contributor.days > 0) await this.inPortions(() => this.store.purgeContributed(contributor), isOver);
    }
    if (!isOver()) await this.store.forgetReaders();
    if (eventDays > 0) await this.inPortions(() => this.store.purgeEvents(eventDays), isOver);
  }

  private contributors(): readonly RetentionContributor[] {
    this.#contributors ??= retentionContributors(this.discovery);
    return this.#contributors;
  }

  private async sweep(table: SweptTable, days: number, isOver: () => boolean): Promise<void> {
    let idle = 0;
    await this.inPortions(async () => {
      const { removed, seen, last } = await this.store.sweep(table, days, this.#places.get(table) ?? table.start);
      const isAtEnd = seen < MOST_ROWS || last === null;
      this.#places.set(table, isAtEnd ? table.start : last);
      if (removed === 0) idle += 1;
      return !isAtEnd && idle < IDLE_PORTIONS;
    }, isOver);
  }

  private async inPortions(portion: () => Promise<boolean>, isOver: () => boolean): Promise<void> {
    let goesOn = true;
    while (goesOn && !isOver()) {
      const startedAt = performance.now();
      goesOn = await portion();
      if (goesOn) await sleep(performance.now() - startedAt);
    }
  }
}
