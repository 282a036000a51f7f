import { prepared } from '#zakops/database';
import type { Transaction } from '#zakops/database';
import { Injectable } from '@nestjs/common';
import { ACCESS_CHANNEL, formatAccessChange } from './access-change.js';
import type { AccessChange } from './access-change.js';

/** Receives a change; undefined means that anything may have changed. */
export type AccessListener = (change: AccessChange | undefined) => void;

const NOTIFY = prepared(`SELECT pg_notify('${ACCESS_CHANNEL}', change) FROM unnest($1::text[]) AS change`);

/** Announces to every process, after the commit, that sessions, keys or operators have changed. */
@Injectable()
export class AccessChanges {
  readonly #listeners = new Set<AccessListener>();

  /**
   * Announces changes after the commit of their transaction: directly in this process, to other processes by a notice.
   *
   * @remarks For changes of an operator's role, status or password; the stores announce sessions and keys. The notice is not part of the
   * commit, which would fail on a full notice queue. A notice may be lost: no process remembers an identity for five seconds.
   */
  announce(tx: Transaction, ...changes: readonly AccessChange[]): void {
    if (changes.length === 0) return;
    tx.hintAfterCommit(NOTIFY, [changes.map(formatAccessChange)]);
    tx.afterCommit(() => {
      for (const change of changes) this.notify(change);
    });
  }

  /**
   * Calls `listener` for every change, of this process or another.
   *
   * @returns stops the calls
   */
  on(listener: AccessListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Calls the listeners of this process. */
  notify(change: AccessChange | undefined): void {
    for (const listener of this.#listeners) listener(change);
  }
}
