import { Query } from '@nestjs/cqrs';
import type { AnchorReport } from '../../anchor/anchor.js';
import type { VerificationScope } from '../../verify/chain-verifier.js';
import type { VerificationReport } from '../../verify/verification-report.js';

/** What a verification found, and how the last sending of a head went. */
export interface AuditVerification extends VerificationReport {
  readonly lastAnchor: AnchorReport | null;
}

/** Verifies the chain. The verification is recorded, with its result. */
export class VerifyAuditChain extends Query<AuditVerification> {
  /** @param signal - stops it */
  constructor(
    readonly scope: VerificationScope,
    readonly signal: AbortSignal,
  ) {
    super();
  }
}
