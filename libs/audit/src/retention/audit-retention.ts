import { ContributesRetention } from '#zakops/database';
import type { RetentionContributor } from '#zakops/database';
import { Injectable } from '@nestjs/common';
import { AuditRetentionConfig } from './audit-retention.config.js';

/** Audit entries go when they are old and anchored. The rules are those of the function in the database. */
@ContributesRetention()
@Injectable()
export class AuditRetention implements RetentionContributor {
  readonly table = 'audit_log';
  readonly days: number;
  readonly purge = `SELECT zakops.purge_audit($1 * interval '1 day', $2)::int AS n`;
  readonly oldest = `
    SELECT c.chained_at FROM zakops.audit_chain c
     WHERE c.position > (SELECT s.position FROM zakops.audit_chain_start s) ORDER BY c.position LIMIT 1`;

  constructor(config: AuditRetentionConfig) {
    this.days = config.days;
  }
}
