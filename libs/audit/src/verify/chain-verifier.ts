import { Injectable } from '@nestjs/common';
import { AuditChainStore } from '../chain/audit-chain-store.js';
import { AuditChainer } from '../chain/audit-chainer.js';
import { GENESIS_HASH } from '../chain/link-hash.js';
import { AuditChainReader } from './audit-chain-reader.js';
import { ChainCheck } from './chain-check.js';
import type { KnownAnchor, VerificationReport } from './verification-report.js';

/** What to verify. */
export interface VerificationScope {
  /** First position; 1 unless given. */
  readonly from?: number | undefined;
  /** Last position; the end of the chain unless given. Then only is it checked whether entries were left out of the chain. */
  readonly to?: number | undefined;
  /** Heads that were noted outside of the database. */
  readonly anchors?: readonly KnownAnchor[];
}

/** Verifies the chain in the database. */
@Injectable()
export class ChainVerifier {
  constructor(
    private readonly chainer: AuditChainer,
    private readonly store: AuditChainStore,
    private readonly reader: AuditChainReader,
  ) {}

  /**
   * Chains what is waiting, and checks every link and entry up to the end that the chain has then.
   *
   * @param signal - stops it; the promise is rejected then
   */
  async verify({ from = 1, to, anchors = [] }: VerificationScope, signal?: AbortSignal): Promise<VerificationReport> {
    await this.chainer.chainPending();
    const head = await this.store.head();
    const end = to === undefined ? head.position : Math.min(to, head.position);
    const hashBefore = from === 1 ? GENESIS_HASH : await this.reader.hashAt(from - 1);
    const check = new ChainCheck(
      { position: from - 1, hash: hashBefore },
      anchors.filter(({ position }) => to === undefined || position <= to),
    );
    for await (const batch of this.reader.links(from - 1, end, signal)) {
      for (const { link, entry } of batch) check.add(link, entry);
    }
    if (from === 1 && to === undefined) {
      for await (const ids of this.reader.unchained(signal)) for (const id of ids) check.addUnchained(id);
    }
    return check.finish(head, Math.max(end, from - 1));
  }
}
