import { Query } from '@nestjs/cqrs';
import type { AnchorReport } from '../../anchor/anchor.js';
import type { ChainVerification, VerificationScope } from '../../verify/chain-verifier.js';

/** The result of a verification, and the last anchor that was sent. */
export interface AuditVerification extends ChainVerification {
  readonly lastAnchor: AnchorReport | null;
}

/** Verifies the chain. The verification is recorded with its result. */
export class VerifyAuditChain extends Query<AuditVerification> {
  /** @param signal - stops the verification */
  constructor(
    readonly scope: VerificationScope,
    readonly signal: AbortSignal,
  ) {
    super();
  }
}
