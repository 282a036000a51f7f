import { DatabaseConfig, UnitOfWork } from '#zakops/database';
import { Redrive } from '#zakops/outbox';
import type { DeadTicketFilter, DeadTicketPlace, DeadTicketPortion } from '#zakops/outbox';
import { Injectable } from '@nestjs/common';
import { setTimeout as sleep } from 'node:timers/promises';
import { DlqAudit } from '../audit/dlq-audit.js';
import type { DlqOperationKind } from '../audit/dlq-operation.js';
import { DeadLetterReader } from '../persistence/dead-letter-reader.js';

/** How long a change goes on at most by default; balancers and clients usually wait a minute for an answer. */
const GOES_ON_FOR_MS = 20_000;

/** How long it walks again and again although everything that is left is held; a portion of another operation takes far less. */
const PATIENCE_MS = 2_000;

const PAUSE_MS = 50;

/** What is done to which dead letters. */
export interface ChangeOfMany {
  /** `retry` is for one entry, and no change of many. */
  readonly kind: Exclude<DlqOperationKind, 'retry'>;
  readonly filter: DeadTicketFilter;
  readonly reason: string | undefined;
}

/** How far a change of many goes, and who learns of its progress. */
export interface ChangeLimits {
  /** After how many milliseconds no further portion is begun; by default 20,000, or half the time that a transaction may be idle. */
  readonly goesOnForMs?: number;
  /** Aborted to begin no further portion. */
  readonly signal?: AbortSignal;
  /** Called after the commit of each portion with the number of entries that it changed. */
  readonly onPortion?: (count: number) => void;
}

/** What came of a change of many. */
export interface ChangedMany {
  /** The entries that were really changed. */
  readonly count: number;
  /** The entries that fit and are still there: the time was over, or another session holds them. */
  readonly remaining: number;
}

/**
 * Retries or purges dead letters in portions.
 *
 * @remarks Each portion is a transaction of its own, with its entries and its audit; also inside a call with an idempotency key. So no
 * statement takes long, and nothing is locked for long. A portion that fails ends the change, and whole portions stay done; so they do when
 * the process dies. The same change again goes on with what remains. Two changes at once share the work: each skips what the other one
 * holds, and walks again afterwards. What fails again after the beginning is left alone.
 */
@Injectable()
export class PortionedChange {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly redrive: Redrive,
    private readonly audit: DlqAudit,
    private readonly reader: DeadLetterReader,
    private readonly config: DatabaseConfig,
  ) {}

  /** Goes on until nothing remains but what others hold, or until a limit says stop. */
  async run(change: ChangeOfMany, limits: ChangeLimits = {}): Promise<ChangedMany> {
    const { goesOnForMs = this.goesOnForMs, signal } = limits;
    const stopAt = performance.now() + goesOnForMs;
    const until = await this.unitOfWork.runApart((tx) => this.redrive.boundOfWalk(tx));
    const filter = { ...change.filter, until };
    const isOver = (): boolean => signal?.aborted === true || performance.now() >= stopAt;
    let count = 0;
    for (let patientUntil = performance.now() + PATIENCE_MS; ;) {
      const walk = await this.walk(change, filter, isOver, limits.onPortion);
      count += walk.count;
      if (walk.count > 0) patientUntil = performance.now() + PATIENCE_MS;
      const isDone = walk.isWhole && walk.skipped === 0;
      if (!isDone && !isOver() && performance.now() < patientUntil) {
        await sleep(PAUSE_MS);
        continue;
      }
      if (count === 0) await this.unitOfWork.runApart((tx) => this.audit.record(tx, { ...change, entries: [] }));
      return { count, remaining: isDone ? 0 : await this.reader.count(filter) };
    }
  }

  /**
   * The transaction of an idempotency key is idle while portions run, and the server ends it when that takes too long. The other half of the
   * time is for the portion that is under way.
   */
  private get goesOnForMs(): number {
    return Math.min(GOES_ON_FOR_MS, this.config.idleTransactionTimeoutMs / 2);
  }

  /** Visits every dead letter once, unless it is over before. */
  private async walk(
    change: ChangeOfMany,
    filter: DeadTicketFilter,
    isOver: () => boolean,
    onPortion: ChangeLimits['onPortion'],
  ): Promise<{ readonly count: number; readonly skipped: number; readonly isWhole: boolean }> {
    let [count, skipped] = [0, 0];
    let after: DeadTicketPlace | undefined;
    do {
      if (isOver()) return { count, skipped, isWhole: false };
      const portion = await this.portion(change, filter, after);
      count += portion.tickets.length;
      skipped += portion.skipped;
      after = portion.next;
      if (portion.tickets.length > 0) onPortion?.(portion.tickets.length);
    } while (after !== undefined);
    return { count, skipped, isWhole: true };
  }

  private portion(change: ChangeOfMany, filter: DeadTicketFilter, after: DeadTicketPlace | undefined): Promise<DeadTicketPortion> {
    const isRetry = change.kind === 'retry_all';
    return this.unitOfWork.runApart(async (tx) => {
      const portion = await (isRetry ? this.redrive.redrive(tx, filter, after) : this.redrive.discard(tx, filter, after));
      if (portion.tickets.length > 0) await this.audit.record(tx, { ...change, entries: portion.tickets });
      return portion;
    });
  }
}
