import { ContributesSystemMetrics, defineFamily } from '#zakops/metrics';
import type { MetricFamily, SystemMetricsContributor } from '#zakops/metrics';
import { Injectable } from '@nestjs/common';
import { AuditBacklogReader } from './audit-backlog.reader.js';

const PENDING = defineFamily('gauge', {
  name: 'zakops_audit_pending_entries',
  help: 'Entries of the audit log that are not in the hash chain yet; counted up to 100000.',
});
const OLDEST = defineFamily('gauge', {
  name: 'zakops_audit_oldest_pending_age_seconds',
  help: 'Age of the oldest entry that is not in the hash chain yet; 0 when there is none.',
});

/** How far the hash chain is behind the audit log. */
@ContributesSystemMetrics()
@Injectable()
export class AuditChainMetrics implements SystemMetricsContributor {
  readonly definitions = [PENDING, OLDEST];

  constructor(private readonly backlog: AuditBacklogReader) {}

  async read(): Promise<readonly MetricFamily[]> {
    const { pending, oldestAgeSeconds } = await this.backlog.read();
    return [PENDING.of([{ labels: {}, value: pending }]), OLDEST.of([{ labels: {}, value: oldestAgeSeconds ?? 0 }])];
  }
}
