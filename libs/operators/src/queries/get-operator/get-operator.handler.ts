import { QueryHandler } from '@nestjs/cqrs';
import type { IQueryHandler } from '@nestjs/cqrs';
import { OperatorReader } from '../../persistence/operator.reader.js';
import type { OperatorState } from '../../domain/operator.js';
import { GetOperator } from './get-operator.query.js';

@QueryHandler(GetOperator)
export class GetOperatorHandler implements IQueryHandler<GetOperator> {
  constructor(private readonly operators: OperatorReader) {}

  async execute({ operatorId }: GetOperator): Promise<OperatorState> {
    return this.operators.get(operatorId);
  }
}
