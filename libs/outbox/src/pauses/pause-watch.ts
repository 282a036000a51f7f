import { SerialTask } from '#zakops/kernel';
import { Injectable, Logger } from '@nestjs/common';
import { performance } from 'node:perf_hooks';
import { HeldTicketStore } from './held-ticket.store.js';
import type { OpenPause } from './held-ticket.store.js';
import { PauseSet } from './pause-set.js';

/** Older knowledge is renewed before anything is delivered: a pause is in force within two seconds. */
const KNOWN_FOR_MS = 1_500;

/**
 * The pauses, as the active worker knows them.
 *
 * @remarks Read twice a second beside the renewal of the lease, and at each notice; the way of an event only looks into memory. It also
 * makes the tickets due that an ended pause has held. That is noted with the pause, so the next worker goes on with it after a crash.
 */
@Injectable()
export class PauseWatch {
  readonly #logger = new Logger(PauseWatch.name);
  readonly #releasing: SerialTask;
  #onChange: () => void = () => undefined;
  #current = PauseSet.NONE;
  #inForce = '';
  #over: readonly string[] = [];
  #validUntil = Number.NEGATIVE_INFINITY;
  #open: Promise<void> | undefined;
  #next: Promise<void> | undefined;
  #stopped = false;

  constructor(private readonly store: HeldTicketStore) {
    this.#releasing = new SerialTask(
      () => this.releaseAll(),
      (error) => {
        this.#logger.warn({ err: error }, 'Tickets of an ended pause could not be made due; this goes on with the next look.');
      },
    );
  }

  /** What was last known; while the worker is active it is at most half a second old. */
  get current(): PauseSet {
    return this.#current;
  }

  /** What is known, when it is fresh enough to begin a delivery; undefined when {@link look} has to be awaited first. */
  get fresh(): PauseSet | undefined {
    return performance.now() < this.#validUntil ? this.#current : undefined;
  }

  /** @param listener - called when other pauses are in force than before, and when tickets were made due */
  onChange(listener: () => void): void {
    this.#onChange = listener;
  }

  /** Knows nothing any more, so that the next delivery looks first: this worker was not the active one for a while. */
  forget(): void {
    this.#validUntil = Number.NEGATIVE_INFINITY;
  }

  /** Reads the pauses now. @throws DatabaseUnavailableError when they cannot be read */
  async look(): Promise<PauseSet> {
    // The read under way is not joined: it may have begun before the pause that the caller was woken for. The one after it is.
    this.#next ??= (this.#open ?? Promise.resolve())
      .catch(() => undefined)
      .then(() => {
        this.#open = this.#next;
        this.#next = undefined;
        return this.read();
      });
    await this.#next;
    return this.#current;
  }

  /** Releases nothing more, and resolves when the portion under way is done. */
  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#releasing.idle();
  }

  private async read(): Promise<void> {
    const askedAt = performance.now();
    const pauses = await this.store.openPauses();
    const inForce = pauses.filter(({ isInForce }) => isInForce);
    this.#current = inForce.length === 0 ? PauseSet.NONE : new PauseSet(inForce);
    this.#validUntil = askedAt + KNOWN_FOR_MS;
    this.#over = pauses.filter(({ isInForce }) => !isInForce).map(({ id }) => id);
    if (this.#over.length > 0 && !this.#stopped) this.#releasing.trigger();
    const ids = idsOf(inForce);
    if (ids === this.#inForce) return;
    this.#inForce = ids;
    this.#logger.log({ pauses: inForce.map(({ id, target }) => ({ id, ...target })) }, 'Other deliveries are paused than before.');
    this.#onChange();
  }

  private async releaseAll(): Promise<void> {
    for (const id of this.#over) {
      let released = 0;
      do {
        if (this.#stopped) return;
        released = await this.store.release(id);
        if (released > 0) this.#onChange();
      } while (released > 0);
    }
  }
}

function idsOf(pauses: readonly OpenPause[]): string {
  return pauses
    .map(({ id }) => id)
    .sort()
    .join();
}
