import { DealIntake } from '#zakops/contracts';
import type { DealProposal, MailForDeal } from '#zakops/contracts';
import type { Transaction } from '#zakops/database';
import { Injectable } from '@nestjs/common';
import { QuarantineConfig } from '../quarantine.config.js';

/** The proposals for a mail, and the default among them. */
export interface Proposals {
  readonly proposals: readonly DealProposal[];
  readonly default: DealProposal | null;
}

/** Chooses among the deals that a mail may belong to. */
@Injectable()
export class DefaultProposal {
  constructor(
    private readonly deals: DealIntake<Transaction>,
    private readonly config: QuarantineConfig,
  ) {}

  /** The deal that an approval links to unless the operator says otherwise; null when none is sure enough, or two are equally sure. */
  async of(mail: MailForDeal): Promise<DealProposal | null> {
    return (await this.all(mail)).default;
  }

  async all(mail: MailForDeal): Promise<Proposals> {
    const proposals = await this.deals.propose(mail);
    const [best, second] = proposals;
    const isSure = best !== undefined && best.confidence >= this.config.matchConfidence && second?.confidence !== best.confidence;
    // A deal that is over is never the default.
    return { proposals, default: isSure && best.status === 'active' && !ENDED.has(best.stage) ? best : null };
  }
}

const ENDED: ReadonlySet<string> = new Set(['closed_won', 'closed_lost', 'archived']);
