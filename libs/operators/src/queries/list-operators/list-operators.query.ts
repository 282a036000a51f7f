import { Query } from '@nestjs/cqrs';
import type { OperatorRole, OperatorStatus } from '../../domain/operator-role.js';
import type { OperatorView } from '../operator.view.js';
import type { Page } from '../page.js';

/** What a list of operators is narrowed to. */
export interface OperatorFilter {
  readonly role: OperatorRole | undefined;
  readonly status: OperatorStatus | undefined;
}

/** The sort key of an operator in the list. */
export interface OperatorKey {
  /** ISO 8601 with microseconds: a Date would cut them off. */
  readonly createdAt: string;
  readonly id: string;
}

/** Operators in the order in which they were made. */
export class ListOperators extends Query<Page<OperatorView, OperatorKey>> {
  constructor(
    readonly filter: OperatorFilter,
    readonly limit: number,
    readonly after: OperatorKey | undefined,
  ) {
    super();
  }
}
