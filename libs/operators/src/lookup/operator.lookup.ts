import { byUuid, ContributesLookup } from '#zakops/lookup';
import type { Lookup, LookupSource } from '#zakops/lookup';
import { Injectable } from '@nestjs/common';

const OPERATOR = `SELECT id::text AS id, email || ', ' || role || ', ' || status AS title FROM zakops.operators`;
const path = (id: string): string => `/api/admin/operators/${id}`;

/** Operators by their id and their e-mail address. */
@ContributesLookup()
@Injectable()
export class OperatorLookup implements LookupSource {
  readonly lookups: readonly Lookup[] = [
    {
      kind: 'operator',
      permission: 'admin:users',
      sql: `${OPERATOR} WHERE id = $1::uuid LIMIT 1`,
      parameters: byUuid,
      path,
    },
    {
      kind: 'operator',
      permission: 'admin:users',
      sql: `${OPERATOR} WHERE zakops.fold(email) = zakops.fold($1) LIMIT 1`,
      parameters: ({ text }) => (text.includes('@') ? [text] : undefined),
      path,
    },
  ];
}
