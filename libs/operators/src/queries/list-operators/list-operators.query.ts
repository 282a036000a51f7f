import { Query } from '@nestjs/cqrs';
import type { OperatorFilter, OperatorPage, OperatorSortKey } from '../../persistence/operator.reader.js';

/** Operators, the first created first. */
export class ListOperators extends Query<OperatorPage> {
  constructor(
    readonly filter: OperatorFilter,
    readonly limit: number,
    readonly after: OperatorSortKey | undefined,
  ) {
    super();
  }
}
