import { ContributesSnapshot } from '#zakops/figures';
import type { SnapshotContributor } from '#zakops/figures';
import { Injectable } from '@nestjs/common';
import { AnchorStore } from '../anchor/anchor.store.js';
import { AuditBacklogReader } from './audit-backlog.reader.js';

/** The audit log, for the page of operations. */
@ContributesSnapshot({ members: ['audit'] })
@Injectable()
export class AuditSnapshot implements SnapshotContributor {
  constructor(
    private readonly backlog: AuditBacklogReader,
    private readonly anchors: AnchorStore,
  ) {}

  async snapshot(): Promise<Readonly<Record<string, unknown>>> {
    const { pending } = await this.backlog.read();
    const anchor = await this.anchors.last();
    return { audit: { pending, anchored_at: anchor?.at ?? null } };
  }
}
