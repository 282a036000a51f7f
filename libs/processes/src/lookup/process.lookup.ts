import { ContributesLookup } from '#zakops/lookup';
import type { Lookup, LookupSource } from '#zakops/lookup';
import { Injectable } from '@nestjs/common';

/** Processes of the last day. */
@ContributesLookup()
@Injectable()
export class ProcessLookup implements LookupSource {
  readonly lookups: readonly Lookup[] = [
    {
      kind: 'process',
      sql: `SELECT process_id AS id, kind || coalesce(', ' || role, '') || ', version ' || version AS title
              FROM zakops.processes WHERE process_id = $1 LIMIT 1`,
      parameters: ({ text }) => [text],
      path: () => '/api/admin/system/health',
    },
  ];
}
