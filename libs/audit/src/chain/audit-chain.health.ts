import { ContributesHealth } from '#zakops/health';
import type { ComponentHealth, HealthContributor } from '#zakops/health';
import { Injectable } from '@nestjs/common';
import { AuditBacklogReader } from './audit-backlog.reader.js';

/** A worker chains every second; another one takes over within a few. */
const LATE_SECONDS = 60;

/** Whether entries of the audit log get their place in the hash chain. */
@Injectable()
@ContributesHealth({ name: 'audit_chain', runbook: 'audit-chain-stops' })
export class AuditChainHealth implements HealthContributor {
  constructor(private readonly backlog: AuditBacklogReader) {}

  async check(): Promise<ComponentHealth> {
    const { pending, oldestAgeSeconds, isContinuous, isGuarded } = await this.backlog.read();
    const age = oldestAgeSeconds ?? 0;
    const stats = { pending, oldest_pending_age_seconds: oldestAgeSeconds };
    const reasons = [
      ...(isContinuous ? [] : ['Links are missing near the end of the audit chain.']),
      ...(isGuarded ? [] : ['The database takes links that do not follow the last one: the trigger audit_chain_continuity is off.']),
      ...(age > LATE_SECONDS
        ? [`The oldest of ${String(pending)} audit entries has waited for ${String(Math.round(age))} s to be chained.`]
        : []),
    ];
    return reasons.length === 0 ? { state: 'up', stats } : { state: 'degraded', reason: reasons.join(' '), stats };
  }
}
