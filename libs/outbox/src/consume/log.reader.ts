import { READ_MAX_BYTES } from '#zakops/database';
import { Injectable } from '@nestjs/common';
import { EventLog } from '../log/event-log.js';
import type { PublishedEvent } from '../log/event-log.js';
import { OutboxConfig } from '../outbox.config.js';

const NOTHING: readonly PublishedEvent[] = [];

interface Batch {
  readonly after: number;
  readonly events: Promise<readonly PublishedEvent[]>;
}

/**
 * Reads the log for all consumers of the active worker: consumers at the same place share one read.
 *
 * @remarks The worker publishes, so it knows where the log ends and need not ask. What one step published is handed on when it is little,
 * and is not read at all.
 */
@Injectable()
export class LogReader {
  #head = Number.POSITIVE_INFINITY;
  /** The batches in use: at most one that is delivered, and one ahead. */
  #batches: readonly Batch[] = [];

  constructor(
    private readonly log: EventLog,
    private readonly config: OutboxConfig,
  ) {}

  /**
   * Notes where the log ends.
   *
   * @param handedOn - all events of the step that led there, in order; empty when they have to be read
   */
  published(head: number, handedOn: readonly PublishedEvent[]): void {
    this.#head = head;
    const [first] = handedOn;
    if (first !== undefined) this.keep({ after: first.position - 1, events: Promise.resolve(handedOn) });
  }

  /** Forgets what it knows: another worker may have published. */
  forget(): void {
    this.#head = Number.POSITIVE_INFINITY;
    this.#batches = [];
  }

  /**
   * The events after a position, without a gap, at most OUTBOX_BATCH_SIZE and about READ_MAX_BYTES of them.
   *
   * @returns none at the end of the log
   */
  read(after: number): Promise<readonly PublishedEvent[]> {
    if (after >= this.#head) return Promise.resolve(NOTHING);
    const kept = this.#batches.find((batch) => batch.after === after);
    if (kept !== undefined) return kept.events;
    const events = this.log.read(after, { maxEvents: this.config.batchSize, maxBytes: READ_MAX_BYTES });
    const batch = { after, events };
    this.keep(batch);
    // A failed or empty read is no answer for the next one who asks.
    const drop = (): void => {
      this.#batches = this.#batches.filter((other) => other !== batch);
    };
    events.then((found) => {
      if (found.length === 0) drop();
    }, drop);
    return events;
  }

  /** Reads for one reader that is far behind the others: what they share is left as it is. */
  readApart(after: number, maxEvents: number): Promise<readonly PublishedEvent[]> {
    return this.log.read(after, { maxEvents, maxBytes: READ_MAX_BYTES });
  }

  /** Begins to read what comes after a batch, while that is delivered. */
  readAhead(after: number): void {
    this.read(after).catch(() => undefined);
  }

  private keep(batch: Batch): void {
    this.#batches = [...this.#batches.slice(-1), batch];
  }
}
