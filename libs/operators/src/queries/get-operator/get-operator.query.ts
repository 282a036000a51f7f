import { Query } from '@nestjs/cqrs';
import type { OperatorView } from '../operator.view.js';

/** One operator. Fails with OperatorNotFoundError. */
export class GetOperator extends Query<OperatorView> {
  constructor(readonly operatorId: string) {
    super();
  }
}
