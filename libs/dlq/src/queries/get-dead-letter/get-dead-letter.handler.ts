import { QueryHandler } from '@nestjs/cqrs';
import type { IQueryHandler } from '@nestjs/cqrs';
import type { DeadLetterDetails } from '../../dead-letter.view.js';
import { DeadLetterNotFoundError } from '../../dead-letter.errors.js';
import { DeadLetterHistoryReader } from '../../persistence/dead-letter-history.reader.js';
import { DeadLetterReader } from '../../persistence/dead-letter.reader.js';
import { GetDeadLetter } from './get-dead-letter.query.js';

@QueryHandler(GetDeadLetter)
export class GetDeadLetterHandler implements IQueryHandler<GetDeadLetter> {
  constructor(
    private readonly reader: DeadLetterReader,
    private readonly history: DeadLetterHistoryReader,
  ) {}

  async execute({ id }: GetDeadLetter): Promise<DeadLetterDetails> {
    const { deadLetters } = await this.reader.list({ id }, 1, { offset: 0 });
    const [deadLetter] = deadLetters;
    if (deadLetter === undefined) throw new DeadLetterNotFoundError(id);
    const [attemptHistory, operations] = await Promise.all([
      this.history.attempts(deadLetter.eventId, deadLetter.consumer),
      this.history.operations(id),
    ]);
    return { ...deadLetter, attemptHistory, operations };
  }
}
