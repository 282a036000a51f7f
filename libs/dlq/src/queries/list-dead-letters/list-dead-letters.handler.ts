import { QueryHandler } from '@nestjs/cqrs';
import type { IQueryHandler } from '@nestjs/cqrs';
import type { DeadLetterPage } from '../../dead-letter.view.js';
import { DeadLetterReader } from '../../persistence/dead-letter.reader.js';
import { ListDeadLetters } from './list-dead-letters.query.js';

@QueryHandler(ListDeadLetters)
export class ListDeadLettersHandler implements IQueryHandler<ListDeadLetters> {
  constructor(private readonly reader: DeadLetterReader) {}

  async execute({ filter, limit, start, fields }: ListDeadLetters): Promise<DeadLetterPage> {
    return this.reader.list(filter, limit, start, fields);
  }
}
