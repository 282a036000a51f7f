import { QueryHandler } from '@nestjs/cqrs';
import type { IQueryHandler } from '@nestjs/cqrs';
import { DeadLetterNotFoundError } from '../../dead-letter.errors.js';
import { DeadLetterHistoryReader } from '../../persistence/dead-letter-history-reader.js';
import { DeadLetterReader } from '../../persistence/dead-letter-reader.js';
import type { DeadLetterDetails } from '../dead-letter.view.js';
import { GetDeadLetter } from './get-dead-letter.query.js';

@QueryHandler(GetDeadLetter)
export class GetDeadLetterHandler implements IQueryHandler<GetDeadLetter> {
  constructor(
    private readonly reader: DeadLetterReader,
    private readonly history: DeadLetterHistoryReader,
  ) {}

  async execute({ entryId }: GetDeadLetter): Promise<DeadLetterDetails> {
    const { entries } = await this.reader.list({ entryId }, 1, { offset: 0 });
    const [entry] = entries;
    if (entry === undefined) throw new DeadLetterNotFoundError(entryId);
    const [attemptHistory, operations] = await Promise.all([
      this.history.attempts(entry.eventId, entry.consumer),
      this.history.operations(entryId),
    ]);
    return { ...entry, attemptHistory, operations };
  }
}
