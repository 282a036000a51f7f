import { ContributesSnapshot } from '#zakops/figures';
import type { SnapshotContributor } from '#zakops/figures';
import { Injectable } from '@nestjs/common';
import { DeadLetterStatsReader } from './persistence/dead-letter-stats.reader.js';

/** The dead letters, for the page of operations. */
@ContributesSnapshot({ members: ['dlq'], ages: ['oldest_age_seconds'] })
@Injectable()
export class DeadLetterSnapshot implements SnapshotContributor {
  constructor(private readonly stats: DeadLetterStatsReader) {}

  async snapshot(): Promise<Readonly<Record<string, unknown>>> {
    const { total, byReason, oldestFailedAt, oldestAgeSeconds } = await this.stats.read();
    return {
      dlq: { total, by_reason: byReason, oldest_entry: oldestFailedAt?.toISOString() ?? null, oldest_age_seconds: oldestAgeSeconds },
    };
  }
}
