import { AuditLog } from '#zakops/audit';
import { UnitOfWork } from '#zakops/database';
import type { Transaction } from '#zakops/database';
import { newCall, runInCall } from '#zakops/observability';
import { DeadLetterArchiveStore, DeadLetterStore, OutboxConfig, PORTION, RedrivenTicketStore } from '#zakops/outbox';
import type { DeadLetterPlace, RedrivenPlace } from '#zakops/outbox';
import { Injectable } from '@nestjs/common';
import { setTimeout as sleep } from 'node:timers/promises';
import { DlqOperationStore } from '../persistence/dlq-operation.store.js';
import { JUDGED_OUTCOMES } from './dlq-task.js';
import { DlqTaskStore } from './dlq-task.store.js';
import type { LockedTask, OpenTask } from './dlq-task.store.js';
import { TaskPace } from './task-pace.js';

/** A portion of a redrive without a rate, until its first outcomes are judged: the automatic stop must not come too late. */
const PROBE = 100;

/** Walks over what other sessions hold, one a second, before a task ends without it. */
const MOST_WALKS = 30;

const LONGEST_SLEEP_MS = 250;

/**
 * Carries out tasks: each step is a transaction with the change, its operation, its audit entry and the place of the walk.
 *
 * @remarks A worker that is killed leaves whole steps. The next one goes on behind the last of them, so nothing is changed twice. Two workers
 * cannot do the same step, because each locks the row of the task first.
 */
@Injectable()
export class TaskRunner {
  readonly #paces = new Map<string, TaskPace>();

  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly tasks: DlqTaskStore,
    private readonly deadLetters: DeadLetterStore,
    private readonly redriven: RedrivenTicketStore,
    private readonly archive: DeadLetterArchiveStore,
    private readonly operations: DlqOperationStore,
    private readonly audit: AuditLog,
    private readonly config: OutboxConfig,
  ) {}

  /** Works until no task is running, or until it is over. */
  async run(isOver: () => boolean): Promise<void> {
    for (;;) {
      const open = await this.unitOfWork.runApart((tx) => this.tasks.open(tx));
      const known = new Set(open.map(({ id }) => id));
      for (const id of this.#paces.keys()) if (!known.has(id)) this.#paces.delete(id);
      let waitMs = LONGEST_SLEEP_MS;
      for (const task of open) {
        if (isOver()) return;
        waitMs = Math.min(waitMs, await this.step(task));
      }
      // Outcomes alone can wait for the next interval.
      if (isOver() || !open.some(({ state }) => state === 'running' || state === 'undoing')) return;
      if (waitMs > 0) await sleep(waitMs);
    }
  }

  /** @returns milliseconds until the task has something to do again */
  private async step(task: OpenTask): Promise<number> {
    const pace = this.#paces.get(task.id) ?? new TaskPace();
    this.#paces.set(task.id, pace);
    if (task.follows && pace.followsNow) pace.followed(await this.follow(task.id, pace), task.state === 'running');
    if (task.state === 'undoing') {
      await this.undo(task.id);
      return 0;
    }
    if (task.state !== 'running') return LONGEST_SLEEP_MS;
    if (pace.waitMs === 0) pace.changed(await this.portion(task.id, pace), task.rate);
    return pace.waitMs;
  }

  /** @returns how many dead letters were changed */
  private async portion(id: string, pace: TaskPace): Promise<number> {
    return this.unitOfWork.runApart(async (tx) => {
      const task = await this.tasks.lock(tx, id);
      if (task?.state !== 'running') return 0;
      const most = Math.min(portionOf(task), task.limit === null ? PORTION : task.limit - task.done);
      if (most <= 0) {
        await this.end(tx, task, 0, null);
        return 0;
      }
      return runInCall(newCall({ type: task.actorType, id: task.actorId }), async () => {
        const options = { most, taskId: id, actor: `${task.actorType}:${task.actorId}`, reason: task.reason ?? undefined };
        const filter = { ...task.filter, until: task.until };
        const after = task.place as DeadLetterPlace | null;
        const { changed, skipped, next } = await (task.kind === 'redrive'
          ? this.deadLetters.redrive(tx, filter, after ?? undefined, options)
          : this.deadLetters.discard(tx, filter, after ?? undefined, options));
        if (changed.length > 0) {
          const kind = task.kind === 'redrive' ? 'retry_all' : 'purge';
          await this.operations.record(tx, { kind, reason: task.reason ?? undefined, filter: task.filter, taskId: id, changed });
        }
        const left = task.skipped + skipped;
        const isFull = task.limit !== null && task.done + changed.length >= task.limit;
        if (isFull || (next === undefined && left === 0)) await this.end(tx, task, changed.length, null);
        else if (next !== undefined) await this.goOn(tx, task, { done: changed.length, skipped: left, walks: task.walks, place: next });
        else if (task.walks + 1 < MOST_WALKS) {
          pace.rest();
          await this.goOn(tx, task, { done: changed.length, skipped: 0, walks: task.walks + 1, place: null });
        } else await this.end(tx, task, changed.length, `${String(left)} were left, because other sessions hold them.`);
        return changed.length;
      });
    });
  }

  /** Looks at what became of redriven tickets, and stops the task when too many fail as before. @returns whether anything was new */
  private async follow(id: string, pace: TaskPace): Promise<boolean> {
    return this.unitOfWork.runApart(async (tx) => {
      const task = await this.tasks.lock(tx, id);
      if (task === undefined) return false;
      const found = await this.redriven.follow(tx, id, pace.place as RedrivenPlace | undefined);
      pace.place = found.next;
      const { delivered, deadAgain, discarded } = found.outcomes;
      if (delivered + deadAgain + discarded + found.first.length === 0) return false;
      const judged = found.first.slice(0, JUDGED_OUTCOMES - task.judged);
      const cameBack = task.cameBack + judged.filter(Boolean).length;
      await this.tasks.countUp(tx, id, found, task.judged + judged.length, cameBack);
      if (task.state === 'running' && cameBack > (JUDGED_OUTCOMES * this.config.redriveStopPercent) / 100) {
        const why = `${String(cameBack)} of the first ${String(task.judged + judged.length)} outcomes failed as before: the cause is not mended.`;
        await this.tasks.setState(tx, id, 'stopped', why);
        this.record(tx, task, 'stopped', { reason: why, done: task.done });
      }
      return true;
    });
  }

  private async undo(id: string): Promise<void> {
    await this.unitOfWork.runApart(async (tx) => {
      const task = await this.tasks.lock(tx, id);
      if (task?.state !== 'undoing') return;
      await runInCall(newCall({ type: task.actorType, id: task.actorId }), async () => {
        const { changed, place } = await (task.kind === 'redrive' ? this.takeBack(tx, task) : this.restore(tx, task));
        const kind = task.kind === 'redrive' ? 'undo' : 'restore';
        if (changed.length > 0) await this.operations.record(tx, { kind, reason: undefined, filter: task.filter, taskId: id, changed });
        await this.tasks.undone(tx, id, changed.length, place);
        if (place === null) this.record(tx, task, 'undone', { count: task.undone + changed.length });
      });
    });
  }

  private async takeBack(tx: Transaction, { id, place }: LockedTask): Promise<Undone> {
    const { changed, next } = await this.redriven.undo(tx, id, (place as RedrivenPlace | null) ?? undefined);
    return { changed, place: next === undefined ? null : { ...next } };
  }

  private async restore(tx: Transaction, { id, place }: LockedTask): Promise<Undone> {
    const { restored, next } = await this.archive.restoreOfTask(tx, id, place?.['id']);
    return { changed: restored, place: next === undefined ? null : { id: next } };
  }

  private async goOn(
    tx: Transaction,
    task: LockedTask,
    progress: { done: number; skipped: number; walks: number; place: DeadLetterPlace | null },
  ): Promise<void> {
    const place = progress.place === null ? null : { ...progress.place };
    await this.tasks.progress(tx, task.id, { ...progress, place, state: 'running', stateReason: null });
  }

  private async end(tx: Transaction, task: LockedTask, done: number, stateReason: string | null): Promise<void> {
    await this.tasks.progress(tx, task.id, { done, skipped: 0, walks: task.walks, place: null, state: 'finished', stateReason });
    this.record(tx, task, 'finished', { done: task.done + done, ...(stateReason === null ? {} : { left: stateReason }) });
  }

  private record(tx: Transaction, { id, kind, state }: LockedTask, after: string, details: Readonly<Record<string, unknown>>): void {
    this.audit.record(tx, {
      action: `dead_letter_task.${after}`,
      resourceType: 'dead_letter_task',
      resourceId: id,
      before: { state },
      after: { state: after },
      details: { kind, ...details },
    });
  }
}

interface Undone {
  readonly changed: Parameters<DlqOperationStore['record']>[1]['changed'];
  readonly place: Readonly<Record<string, string>> | null;
}

/** Dead letters of one step: those of one second, so that a task writes one operation and one audit entry a second. */
function portionOf({ kind, rate, judged }: LockedTask): number {
  if (rate > 0) return Math.min(rate, PORTION);
  return kind === 'redrive' && judged < JUDGED_OUTCOMES ? PROBE : PORTION;
}
