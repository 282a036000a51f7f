import { QueryHandler } from '@nestjs/cqrs';
import type { IQueryHandler } from '@nestjs/cqrs';
import { AnchorStore } from '../../anchor/anchor.store.js';
import { ChainVerifier } from '../../verify/chain-verifier.js';
import type { ChainVerification } from '../../verify/chain-verifier.js';
import { AccessRecord } from '../access-record.js';
import { VerifyAuditChain } from './verify-audit-chain.query.js';
import type { AuditVerification } from './verify-audit-chain.query.js';

@QueryHandler(VerifyAuditChain)
export class VerifyAuditChainHandler implements IQueryHandler<VerifyAuditChain> {
  constructor(
    private readonly verifier: ChainVerifier,
    private readonly anchors: AnchorStore,
    private readonly access: AccessRecord,
  ) {}

  async execute({ scope, signal }: VerifyAuditChain): Promise<AuditVerification> {
    let report: ChainVerification | undefined;
    try {
      report = await this.verifier.verify(scope, signal);
    } finally {
      const { from, to, anchors = [] } = scope;
      const result =
        report === undefined
          ? { finished: false }
          : { finished: true, ok: report.ok, checked: report.checked, head: report.head.position, problems: report.problemCount };
      await this.access.write('audit.verified', 'chain', { from, to, anchors: anchors.length, ...result });
    }
    return { ...report, lastAnchor: await this.anchors.last() };
  }
}
