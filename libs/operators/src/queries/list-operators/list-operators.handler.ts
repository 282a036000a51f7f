import { QueryHandler } from '@nestjs/cqrs';
import type { IQueryHandler } from '@nestjs/cqrs';
import { OperatorReader } from '../../persistence/operator-reader.js';
import type { OperatorView } from '../operator.view.js';
import type { Page } from '../page.js';
import { ListOperators } from './list-operators.query.js';
import type { OperatorKey } from './list-operators.query.js';

@QueryHandler(ListOperators)
export class ListOperatorsHandler implements IQueryHandler<ListOperators> {
  constructor(private readonly operators: OperatorReader) {}

  async execute({ filter, limit, after }: ListOperators): Promise<Page<OperatorView, OperatorKey>> {
    return this.operators.list(filter, limit, after);
  }
}
