import { UnitOfWork } from '#zakops/database';
import type { Transaction } from '#zakops/database';
import { Injectable } from '@nestjs/common';
import { AuditChainStore } from './audit-chain.store.js';
import { linkHash } from './link-hash.js';
import type { ChainLink } from './link-hash.js';

const BATCH = 1_000;

/**
 * Appends a link for each committed entry.
 *
 * @remarks One process chains at a time, under a lock of the database, so that the chain cannot fork. Entries leave the queue in the
 * transaction that appends their links. A batch is in the order of entry ids; an entry that commits later is chained later, whatever its id.
 * @see docs/adr/0007-audit-chain.md
 */
@Injectable()
export class AuditChainer {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly store: AuditChainStore,
  ) {}

  /**
   * Chains every entry that was committed before the call.
   *
   * @param ifBusy - while another process chains: `wait` for it, or `leave` the entries to it
   * @returns how many links this call appended
   */
  async chainPending(ifBusy: 'wait' | 'leave' = 'wait'): Promise<number> {
    let chained = 0;
    if (!(await this.store.hasPending())) return chained;
    for (;;) {
      const batch = await this.unitOfWork.runApart((tx) => this.chainBatch(tx, ifBusy));
      chained += batch.chained;
      if (!batch.more) return chained;
    }
  }

  private async chainBatch(tx: Transaction, ifBusy: 'wait' | 'leave'): Promise<{ more: boolean; chained: number }> {
    if (ifBusy === 'wait') await this.store.lock(tx);
    else if (!(await this.store.tryLock(tx))) return { more: false, chained: 0 };
    const { now, ...head } = await this.store.lockedHead(tx);
    const { entries, more } = await this.store.take(tx, BATCH);
    const links: ChainLink[] = [];
    const seen = new Set<string>();
    for (const { entryId, chained, entry } of entries) {
      if (chained || seen.has(entryId)) continue;
      seen.add(entryId);
      const last = links.at(-1) ?? head;
      const link = { position: last.position + 1, entryId, prevHash: last.hash, chainedAt: now };
      links.push({ ...link, hash: linkHash(link, entry) });
    }
    if (links.length > 0) await this.store.append(tx, links);
    return { more, chained: links.length };
  }
}
