import { Database, prepared } from '#zakops/database';
import type { HintStatement, Transaction } from '#zakops/database';
import { Injectable } from '@nestjs/common';
import type { OnApplicationShutdown } from '@nestjs/common';
import { OUTBOX_CHANNEL } from '../wake/wake-signal.js';

const AT_MOST_EVERY_MS = 3;
const HINT: HintStatement = { statement: prepared(`SELECT pg_notify('${OUTBOX_CHANNEL}', '')`), values: [] };

/**
 * Tells the worker after a commit that there is something to publish.
 *
 * @remarks Never inside the transaction: NOTIFY there takes a lock that serialises all writers, and fails the commit when the notice queue is
 * full. The first hint travels in the write of its commit; those of the next milliseconds become one, sent on its own. A hint may be lost: the
 * worker's poll is the guarantee.
 */
@Injectable()
export class CommitHint implements OnApplicationShutdown {
  #pause: NodeJS.Timeout | undefined;
  #sending: Promise<void> | undefined;
  #again = false;
  #stopped = false;

  constructor(private readonly database: Database) {}

  /** Gives a hint for a transaction that is about to commit. */
  follow(tx: Transaction): void {
    if (this.isPausing) {
      // Not before the commit: a hint that comes too early finds nothing.
      tx.afterCommit(() => {
        this.give();
      });
      return;
    }
    tx.hintAfterCommit(HINT.statement, HINT.values);
    this.pause();
  }

  /** Gives one hint now, or one a little later for all that ask meanwhile. */
  give(): void {
    if (this.isPausing) {
      this.#again = true;
      return;
    }
    this.#sending = this.send().finally(() => {
      this.#sending = undefined;
      this.pause();
    });
  }

  async onApplicationShutdown(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#pause);
    // The timer that would end this pause is gone, and hints of later commits would wait for it.
    this.#pause = undefined;
    await this.#sending;
    // For the commits of the last milliseconds.
    if (this.#again) await this.send();
  }

  private get isPausing(): boolean {
    return this.#sending !== undefined || this.#pause !== undefined;
  }

  private pause(): void {
    if (this.#stopped) return;
    this.#pause = setTimeout(() => {
      this.#pause = undefined;
      if (!this.#again) return;
      this.#again = false;
      this.give();
    }, AT_MOST_EVERY_MS);
  }

  private async send(): Promise<void> {
    // A lost hint costs one poll interval at most.
    await this.database.query(HINT.statement, HINT.values).catch(() => undefined);
  }
}
