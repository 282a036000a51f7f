import { boundedByBytes, Database, exactInstant, prepared, READ_MAX_BYTES } from '#zakops/database';
import type { ByteCount } from '#zakops/database';
import { Injectable } from '@nestjs/common';
import { toPageOfBytes } from '../views/page.js';
import type { Page } from '../views/page.js';

/** The sort key of a row that is linked to a deal. */
export interface LinkKey {
  readonly at: string;
  readonly id: string;
}

interface LinkRow extends ByteCount {
  readonly id: string;
  readonly at: string;
  readonly shown: Readonly<Record<string, unknown>>;
}

const ACTIONS = prepared(
  boundedByBytes({
    columns: `action_id AS id, ${exactInstant('created_at')} AS at,
      jsonb_build_object('action_id', action_id, 'capability_id', capability_id, 'action_type', action_type, 'title', title,
        'summary', summary, 'status', status, 'risk_level', risk_level, 'requires_human_review', requires_human_review,
        'inputs', inputs, 'outputs', outputs, 'approved_by', approved_by, 'approved_at', approved_at, 'error_message', error_message,
        'created_at', created_at, 'updated_at', updated_at) AS shown`,
    bytes: 'octet_length(inputs::text) + octet_length(outputs::text)',
    from: `FROM zakops.actions
           WHERE deal_id = $1 AND ($2::timestamptz IS NULL OR (created_at, action_id) < ($2, $3::text))`,
    order: 'created_at DESC, action_id DESC',
    outerOrder: 'at DESC, id DESC',
    limit: '$4',
    maxBytes: '$5',
  }),
);
/** Reads what other parts of the system keep about a deal, for its case file. */
@Injectable()
export class DealLinksReader {
  constructor(private readonly database: Database) {}

  /** Newest first. */
  async actions(dealId: string, limit: number, after: LinkKey | undefined): Promise<Page<object, LinkKey>> {
    return this.read(ACTIONS, dealId, limit, after);
  }

  private async read(statement: typeof ACTIONS, dealId: string, limit: number, after: LinkKey | undefined): Promise<Page<object, LinkKey>> {
    const given = [dealId, after?.at ?? null, after?.id ?? null, limit + 1, READ_MAX_BYTES];
    const rows = await this.database.query<LinkRow>(statement, given);
    return toPageOfBytes(
      rows,
      limit,
      ({ shown }) => shown,
      ({ at, id }) => ({ at, id }),
    );
  }
}
