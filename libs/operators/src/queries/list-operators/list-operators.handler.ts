import { QueryHandler } from '@nestjs/cqrs';
import type { IQueryHandler } from '@nestjs/cqrs';
import { OperatorReader } from '../../persistence/operator.reader.js';
import type { OperatorPage } from '../../persistence/operator.reader.js';
import { ListOperators } from './list-operators.query.js';

@QueryHandler(ListOperators)
export class ListOperatorsHandler implements IQueryHandler<ListOperators> {
  constructor(private readonly operators: OperatorReader) {}

  async execute({ filter, limit, after }: ListOperators): Promise<OperatorPage> {
    return this.operators.list(filter, limit, after);
  }
}
