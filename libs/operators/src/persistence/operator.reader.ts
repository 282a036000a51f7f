import { Database, exactInstant } from '#zakops/database';
import { Injectable } from '@nestjs/common';
import { OperatorNotFoundError } from '../domain/operator.errors.js';
import type { OperatorRole, OperatorStatus } from '../domain/operator-role.js';
import type { OperatorState } from '../domain/operator.js';
import { OPERATOR_COLUMNS } from './operator.columns.js';

/** Filters of a list of operators. */
export interface OperatorFilter {
  readonly role: OperatorRole | undefined;
  readonly status: OperatorStatus | undefined;
}

/** The sort key of an operator in the list. */
export interface OperatorSortKey {
  /** ISO 8601 with microseconds, which a Date would cut off. */
  readonly createdAt: string;
  readonly id: string;
}

/** A page of operators, and the sort key of its last one; `next` is null on the last page. */
export interface OperatorPage {
  readonly items: readonly OperatorState[];
  readonly next: OperatorSortKey | null;
}

interface OperatorListRow extends OperatorState {
  readonly createdAtExact: string;
}

const GET = `SELECT ${OPERATOR_COLUMNS} FROM zakops.operators WHERE id = $1`;

const LIST = `
  SELECT ${OPERATOR_COLUMNS}, ${exactInstant('created_at')} AS "createdAtExact"
    FROM zakops.operators
   WHERE ($1::text IS NULL OR role = $1) AND ($2::text IS NULL OR status = $2)
     AND ($3::timestamptz IS NULL OR (created_at, id) > ($3, $4::uuid))
   ORDER BY created_at, id LIMIT $5`;

/** Reads operators for queries. */
@Injectable()
export class OperatorReader {
  constructor(private readonly database: Database) {}

  /** @throws OperatorNotFoundError */
  async get(operatorId: string): Promise<OperatorState> {
    const [row] = await this.database.query<OperatorState>(GET, [operatorId]);
    if (row === undefined) throw new OperatorNotFoundError(operatorId);
    return row;
  }

  /** @param limit - operators, 1 to 200 */
  async list({ role, status }: OperatorFilter, limit: number, after: OperatorSortKey | undefined): Promise<OperatorPage> {
    const parameters = [role ?? null, status ?? null, after?.createdAt ?? null, after?.id ?? null, limit + 1];
    const rows = await this.database.query<OperatorListRow>(LIST, parameters);
    const items = rows.slice(0, limit);
    const last = items.at(-1);
    // The extra row only shows that there are more.
    return { items, next: rows.length > limit && last !== undefined ? { createdAt: last.createdAtExact, id: last.id } : null };
  }
}
