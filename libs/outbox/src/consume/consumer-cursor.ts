import { DatabaseUnavailableError } from '#zakops/database';
import type { Transaction } from '#zakops/database';
import type { Cursor } from './cursor.store.js';
import { CursorMovedError } from '../tickets/delivery.errors.js';
import type { RunnerTools } from './runner-tools.js';

/** This worker may not deliver to the consumer: another worker has its cursor, or an administrator has removed it. */
export class CursorLostError extends Error {
  constructor(consumer: string) {
    super(`The cursor of ${consumer} is not this worker's.`);
    this.name = 'CursorLostError';
  }
}

/** The cursor of one consumer in the hands of the active worker: known in memory, guarded in the database. */
export class ConsumerCursor {
  #known: { readonly fence: string; cursor: Cursor } | undefined;

  constructor(
    readonly consumer: string,
    private readonly tools: Pick<RunnerTools, 'cursors' | 'leadership'>,
  ) {}

  /** Has the next use read the row again. */
  forget(): void {
    this.#known = undefined;
  }

  /**
   * Where the consumer stands.
   *
   * @throws CursorLostError when this worker is not the active one, or the row is not its own
   */
  async get(): Promise<Cursor> {
    const { fence } = this.tools.leadership;
    if (fence === undefined) throw new CursorLostError(this.consumer);
    if (this.#known?.fence === fence) return this.#known.cursor;
    const cursor = await this.tools.cursors.load(this.consumer, fence);
    if (cursor === undefined) throw new CursorLostError(this.consumer);
    this.#known = { fence, cursor };
    return cursor;
  }

  /** The fencing number under which {@link get} has read it. */
  get fence(): string {
    if (this.#known === undefined) throw new CursorLostError(this.consumer);
    return this.#known.fence;
  }

  /**
   * Has the commit of `tx` move the cursor, or fail.
   *
   * @param hasTickets - whether the consumer has tickets after the commit
   * @returns a function to call after the commit
   */
  moveAtCommit(tx: Transaction, cursor: Cursor, to: { position: number; delivered: number; hasTickets: boolean }): () => void {
    const { fence } = this;
    let moved: Cursor | undefined;
    const { position, delivered } = to;
    this.tools.cursors.move(tx, { consumer: this.consumer, fence, position, delivered }, cursor, (after) => {
      moved = { ...after, hasTickets: to.hasTickets };
    });
    return () => {
      this.#known = moved === undefined ? undefined : { fence, cursor: moved };
    };
  }

  /** Notes in the database that the event after `position` is in the consumer's hand. */
  async hold(cursor: Cursor, position: number): Promise<void> {
    this.#known = { fence: this.fence, cursor: await this.tools.cursors.hold(this.consumer, this.fence, cursor, position) };
  }

  /** Forgets the cursor after an error that makes it doubtful: another session changed the row, or a commit may have failed. */
  doubt(error: unknown): void {
    if (error instanceof CursorMovedError || error instanceof DatabaseUnavailableError) this.forget();
  }
}
