import { DomainError } from '#zakops/kernel';
import { Injectable, Logger } from '@nestjs/common';
import { AuditChainStore } from '../chain/audit-chain.store.js';
import { AuditChainer } from '../chain/audit-chainer.js';
import { GENESIS_HASH } from '../chain/link-hash.js';
import { AuditChainReader } from './audit-chain.reader.js';
import { ChainCheck } from './chain-check.js';
import type { KnownAnchor, VerificationReport } from './verification-report.js';

/** What to verify. */
export interface VerificationScope {
  /** The first position; 1 unless given. */
  readonly from?: number | undefined;
  /** The last position; the head of the chain unless given. Entries without a link are looked for only without `from` and `to`. */
  readonly to?: number | undefined;
  /** Anchors from outside of the database. */
  readonly anchors?: readonly KnownAnchor[];
}

/** Verifies the chain in the database. */
@Injectable()
export class ChainVerifier {
  readonly #logger = new Logger(ChainVerifier.name);

  constructor(
    private readonly chainer: AuditChainer,
    private readonly store: AuditChainStore,
    private readonly reader: AuditChainReader,
  ) {}

  /**
   * Chains the entries in the queue, then checks every link and entry up to the head.
   *
   * @param signal - stops the verification, which rejects the promise
   */
  async verify({ from = 1, to, anchors = [] }: VerificationScope, signal?: AbortSignal): Promise<VerificationReport> {
    const stopped = await this.chainPending();
    const head = await this.store.head();
    const end = to === undefined ? head.position : Math.min(to, head.position);
    const hashBefore = from === 1 ? GENESIS_HASH : await this.reader.hashAt(from - 1);
    const check = new ChainCheck(
      { position: from - 1, hash: hashBefore },
      anchors.filter(({ position }) => to === undefined || position <= to),
    );
    if (stopped) check.addStopped();
    for await (const batch of this.reader.links(from - 1, end, signal)) {
      for (const { link, entry } of batch) check.add(link, entry);
    }
    if (from === 1 && to === undefined) {
      for await (const ids of this.reader.unchained(signal)) for (const id of ids) check.addUnchained(id);
    }
    return check.finish(head, Math.max(end, from - 1));
  }

  /** Chains the queue; true when no link can follow the last one, which is reported as a problem. */
  private async chainPending(): Promise<boolean> {
    try {
      await this.chainer.chainPending();
      return false;
    } catch (error) {
      if (error instanceof DomainError && error.retryable) throw error;
      this.#logger.error({ err: error }, 'The audit chain takes no further link.');
      return true;
    }
  }
}
