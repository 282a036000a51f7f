import { Database } from '#zakops/database';
import { Injectable } from '@nestjs/common';
import type { OnApplicationShutdown } from '@nestjs/common';
import { OUTBOX_CHANNEL } from '../wake/wake-signal.js';

const AT_MOST_EVERY_MS = 3;

/**
 * Tells the worker after a commit that there is something to publish.
 *
 * @remarks Outside the transaction, because NOTIFY inside a committing one takes a lock that serialises all writers; and at most
 * one per few milliseconds. A hint may be lost: the worker's poll is the guarantee.
 */
@Injectable()
export class CommitHint implements OnApplicationShutdown {
  #timer: NodeJS.Timeout | undefined;
  #sending: Promise<void> | undefined;
  #again = false;
  #stopped = false;

  constructor(private readonly database: Database) {}

  /** Gives one hint now, or one a little later for all that ask meanwhile. */
  give(): void {
    if (this.#sending !== undefined || this.#timer !== undefined) {
      this.#again = true;
      return;
    }
    this.#sending = this.send().finally(() => {
      this.#sending = undefined;
      if (this.#stopped) return;
      this.#timer = setTimeout(() => {
        this.#timer = undefined;
        if (!this.#again) return;
        this.#again = false;
        this.give();
      }, AT_MOST_EVERY_MS);
    });
  }

  async onApplicationShutdown(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    await this.#sending;
    // What was committed in the last milliseconds deserves its hint too.
    if (this.#again) await this.send();
  }

  private async send(): Promise<void> {
    // A lost hint costs at most one poll interval; there is nobody to tell.
    await this.database.query('SELECT pg_notify($1, $2)', [OUTBOX_CHANNEL, '']).catch(() => undefined);
  }
}
