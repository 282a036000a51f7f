import { DatabaseConfig, UnitOfWork } from '#zakops/database';
import type { Transaction } from '#zakops/database';
import { uuidV7 } from '#zakops/kernel';
import { currentProvenance } from '#zakops/observability';
import { DeadLetterStore } from '#zakops/outbox';
import type { DeadLetterFilter, DeadLetterPlace, DeadLetterPortion } from '#zakops/outbox';
import { Injectable } from '@nestjs/common';
import { setTimeout as sleep } from 'node:timers/promises';
import { DeadLetterReader } from '../persistence/dead-letter.reader.js';
import type { DlqOperation } from '../persistence/dlq-operation.js';
import { DlqOperationStore } from '../persistence/dlq-operation.store.js';
import { DlqTaskStore } from '../tasks/dlq-task.store.js';

/** How long a change may take by default; balancers and clients usually wait a minute for an answer. */
const LONGEST_CHANGE_MS = 20_000;

/** How long a change walks again while other sessions hold all that is left; a portion of another change takes far less. */
const WAIT_FOR_OTHERS_MS = 2_000;

const PAUSE_MS = 50;

/** What is done to which dead letters. */
export interface ChangeOfMany {
  /** `retry` is for one dead letter only. */
  readonly kind: 'retry_all' | 'purge' | 'purge_old';
  readonly filter: DeadLetterFilter;
  readonly reason: string | undefined;
}

/** How far a change of many goes, and where it reports its progress. */
export interface ChangeLimits {
  /** After so many milliseconds no further portion is begun; by default 20,000, or half the time that a transaction may be idle. */
  readonly longestMs?: number;
  /** Aborted to begin no further portion. */
  readonly signal?: AbortSignal;
  /** Called after the commit of each portion with the number of dead letters that it changed. */
  readonly onPortion?: (count: number) => void;
}

/** What a change of many did. */
export interface ChangedMany {
  /** Dead letters that were changed. */
  readonly count: number;
  /** Dead letters that fit and are still there: the time was over, or another session holds them. */
  readonly remaining: number;
  /** The task under which it is written down: for what became of the deliveries, and for an undo. */
  readonly taskId: string;
}

/**
 * Redrives or discards dead letters in portions.
 *
 * @remarks Each portion is a transaction of its own, with its operation and its audit entry, also inside a call with an idempotency key. So
 * no statement takes long, and no lock lasts long. When a portion fails or the process dies, finished portions stay, and the same change
 * again goes on with what remains. Two changes at once share the work: each skips what the other one holds, and walks again afterwards.
 * A dead letter that fails again after the change began is left alone.
 *
 * The change is a task too, which its first portion writes as finished: the call carries it out and not the worker, so that the count is known at
 * once, and so that nothing goes on when the call ends early. The worker follows the outcomes, and an undo takes it back.
 */
@Injectable()
export class PortionedChange {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly deadLetters: DeadLetterStore,
    private readonly operations: DlqOperationStore,
    private readonly reader: DeadLetterReader,
    private readonly tasks: DlqTaskStore,
    private readonly config: DatabaseConfig,
  ) {}

  /** Walks until nothing is left but what others hold, or until a limit ends it. */
  async run(change: ChangeOfMany, limits: ChangeLimits = {}): Promise<ChangedMany> {
    const { longestMs = this.longestMs, signal, onPortion } = limits;
    const endsAt = performance.now() + longestMs;
    const isOver = (): boolean => signal?.aborted === true || performance.now() >= endsAt;
    const until = await this.unitOfWork.runApart((tx) => this.deadLetters.boundOfWalk(tx));
    const walked = { ...change.filter, until };
    const task: TaskOfCall = { id: uuidV7(), isWritten: false, ...change, until };
    let count = 0;
    let isComplete = false;
    let waitsUntil = performance.now() + WAIT_FOR_OTHERS_MS;
    for (;;) {
      const walk = await this.walk(task, walked, isOver, onPortion);
      count += walk.count;
      isComplete = walk.isComplete;
      if (walk.count > 0) waitsUntil = performance.now() + WAIT_FOR_OTHERS_MS;
      if (isComplete || isOver() || performance.now() >= waitsUntil) break;
      await sleep(PAUSE_MS);
    }
    // Portions record themselves; a change that found nothing is recorded here.
    if (count === 0) await this.unitOfWork.runApart((tx) => this.record(tx, task, []));
    return { count, remaining: isComplete ? 0 : await this.reader.count(walked), taskId: task.id };
  }

  /**
   * The transaction of an idempotency key is idle while portions run, and the server ends it after its idle limit. Half of that limit is left
   * for the portion under way.
   */
  private get longestMs(): number {
    return Math.min(LONGEST_CHANGE_MS, this.config.idleTransactionTimeoutMs / 2);
  }

  /** Visits every dead letter once. Incomplete when it ended early, or skipped what others hold. */
  private async walk(
    task: TaskOfCall,
    walked: DeadLetterFilter,
    isOver: () => boolean,
    onPortion: ChangeLimits['onPortion'],
  ): Promise<{ readonly count: number; readonly isComplete: boolean }> {
    let count = 0;
    let skipped = 0;
    let after: DeadLetterPlace | undefined;
    do {
      if (isOver()) return { count, isComplete: false };
      const portion = await this.portion(task, walked, after);
      count += portion.changed.length;
      skipped += portion.skipped;
      after = portion.next;
      if (portion.changed.length > 0) onPortion?.(portion.changed.length);
    } while (after !== undefined);
    return { count, isComplete: skipped === 0 };
  }

  private async portion(task: TaskOfCall, walked: DeadLetterFilter, after: DeadLetterPlace | undefined): Promise<DeadLetterPortion> {
    const portion = await this.unitOfWork.runApart(async (tx) => {
      const { actor } = currentProvenance();
      const options = { taskId: task.id, actor: `${actor.type}:${actor.id}`, reason: task.reason };
      const taken = await (task.kind === 'retry_all'
        ? this.deadLetters.redrive(tx, walked, after, options)
        : this.deadLetters.discard(tx, walked, after, options));
      if (taken.changed.length > 0) await this.record(tx, task, taken.changed);
      return taken;
    });
    if (portion.changed.length > 0) task.isWritten = true;
    return portion;
  }

  private async record(tx: Transaction, task: TaskOfCall, changed: DlqOperation['changed']): Promise<void> {
    const { id, kind, filter, reason, until } = task;
    if (!task.isWritten) {
      const { actor } = currentProvenance();
      const by = { actorType: actor.type, actorId: actor.id, reason };
      const what = kind === 'retry_all' ? 'redrive' : 'discard';
      await this.tasks.add(tx, { id, kind: what, state: 'finished', filter, until, limit: null, rate: 0, total: 0, ...by });
    }
    await this.tasks.countByCall(tx, id, changed.length);
    await this.operations.record(tx, { kind, reason, filter, taskId: id, changed });
  }
}

/** The task of a call. */
interface TaskOfCall extends ChangeOfMany {
  readonly id: string;
  readonly until: string;
  /** True once a portion with its row was committed. */
  isWritten: boolean;
}
