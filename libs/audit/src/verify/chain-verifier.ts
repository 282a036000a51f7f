import { DomainError } from '#zakops/kernel';
import { Injectable, Logger } from '@nestjs/common';
import { AuditChainStore } from '../chain/audit-chain.store.js';
import { AuditChainer } from '../chain/audit-chainer.js';
import type { ChainHead } from '../chain/link-hash.js';
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

/** The result of a verification of the database. */
export interface ChainVerification extends VerificationReport {
  /** The last link that retention has removed; position 0 when it has removed none. */
  readonly start: ChainHead;
}

/** Retention removes a portion at a time, so that a repeated check mostly finds it at rest. */
const MOST_TRIES = 3;

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
   * @remarks Begins behind what retention has removed. Where retention removes more meanwhile, the check is repeated.
   * @param signal - stops the verification, which rejects the promise
   */
  async verify(scope: VerificationScope, signal?: AbortSignal): Promise<ChainVerification> {
    const stopped = await this.chainPending();
    for (let tries = 1; ; tries += 1) {
      const start = await this.reader.start();
      const report = await this.check(scope, start, stopped, signal);
      if (report.ok || tries === MOST_TRIES || (await this.reader.start()).position === start.position) return { ...report, start };
    }
  }

  private async check(
    { from: asked = 1, to, anchors = [] }: VerificationScope,
    start: ChainHead,
    stopped: boolean,
    signal?: AbortSignal,
  ): Promise<VerificationReport> {
    const from = Math.max(asked, start.position + 1);
    const head = await this.store.head();
    const end = to === undefined ? head.position : Math.min(to, head.position);
    const isFromStart = from === start.position + 1;
    const check = new ChainCheck(
      { position: from - 1, hash: isFromStart ? start.hash : await this.reader.hashAt(from - 1) },
      anchors.filter(({ position }) => to === undefined || position <= to),
    );
    if (isFromStart) check.compareStart(start, anchors);
    if (stopped) check.addStopped();
    for await (const batch of this.reader.links(from - 1, end, signal)) {
      for (const { link, entry } of batch) check.add(link, entry);
    }
    if (asked === 1 && to === undefined) {
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
