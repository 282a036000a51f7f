import { Query } from '@nestjs/cqrs';
import type { OperatorState } from '../../domain/operator.js';

/** One operator. Fails with OperatorNotFoundError. */
export class GetOperator extends Query<OperatorState> {
  constructor(readonly operatorId: string) {
    super();
  }
}
