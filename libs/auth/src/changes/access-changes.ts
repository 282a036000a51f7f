import { prepared } from '#zakops/database';
import type { Transaction } from '#zakops/database';
import { Injectable } from '@nestjs/common';
import { ACCESS_CHANNEL, formatAccessChange } from './access-change.js';
import type { AccessChange } from './access-change.js';

/** Receives a change; undefined when anything may have changed. */
export type AccessListener = (change: AccessChange | undefined) => void;

const NOTIFY = prepared(`SELECT pg_notify('${ACCESS_CHANNEL}', change) FROM unnest($1::text[]) AS change`);

/** Tells every process, after the commit, that somebody may do less or more than before. */
@Injectable()
export class AccessChanges {
  readonly #listeners = new Set<AccessListener>();

  /**
   * Announces changes after the commit of their transaction: at once in this process, in the others by a notice.
   *
   * @remarks For changes of an operator: its role, its status, its duty to change the password. The stores announce theirs. The notice
   * is no part of the commit, which a full notice queue would make fail. One that is lost is made good within five seconds, because nothing is
   * remembered for longer.
   */
  announce(tx: Transaction, ...changes: readonly AccessChange[]): void {
    if (changes.length === 0) return;
    tx.hintAfterCommit(NOTIFY, [changes.map(formatAccessChange)]);
    tx.afterCommit(() => {
      for (const change of changes) this.tell(change);
    });
  }

  /**
   * Calls `listener` at every change, of this process or another.
   *
   * @returns a function that ends it
   */
  on(listener: AccessListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Tells the listeners of this process. */
  tell(change: AccessChange | undefined): void {
    for (const listener of this.#listeners) listener(change);
  }
}
