import { QueryHandler } from '@nestjs/cqrs';
import type { IQueryHandler } from '@nestjs/cqrs';
import type { DeadLetterDetails, DeadLetterOperation, FollowedDeadLetter } from '../../dead-letter.view.js';
import { DeadLetterNotFoundError } from '../../dead-letter.errors.js';
import { DeadLetterHistoryReader } from '../../persistence/dead-letter-history.reader.js';
import { DeadLetterReader } from '../../persistence/dead-letter.reader.js';
import { REDRIVES } from '../../persistence/dlq-operation.js';
import { FormerDeadLetterReader } from '../../persistence/former-dead-letter.reader.js';
import { GetDeadLetter } from './get-dead-letter.query.js';

@QueryHandler(GetDeadLetter)
export class GetDeadLetterHandler implements IQueryHandler<GetDeadLetter> {
  constructor(
    private readonly reader: DeadLetterReader,
    private readonly former: FormerDeadLetterReader,
    private readonly history: DeadLetterHistoryReader,
  ) {}

  async execute({ id }: GetDeadLetter): Promise<DeadLetterDetails> {
    const found = (await this.inQueue(id)) ?? (await this.former.find(id));
    if (found === undefined) throw new DeadLetterNotFoundError(id);
    const [attempts, operations] = await Promise.all([this.history.attempts(found.eventId, found.consumer), this.history.operations(id)]);
    const redrives = redriveIds(operations, found.redrives);
    const attemptHistory = attempts.map((attempt) => ({ ...attempt, redriveId: redrives.get(attempt.redrives) ?? null }));
    return { ...found, attemptHistory, operations };
  }

  private async inQueue(id: string): Promise<FollowedDeadLetter | undefined> {
    const { deadLetters } = await this.reader.list({ id }, 1, { offset: 0 });
    return deadLetters[0] === undefined ? undefined : { ...deadLetters[0], state: 'dead', deliveredAt: null, nextAttemptAt: null };
  }
}

/** Which operation each redrive was, from the last one back: the first ones may be too long ago to be read. */
function redriveIds(operations: readonly DeadLetterOperation[], redrives: number): ReadonlyMap<number, string> {
  const kinds: readonly string[] = REDRIVES;
  const known = operations.filter(({ kind }) => kinds.includes(kind));
  return new Map(known.map(({ id }, n) => [redrives - known.length + n + 1, id]));
}
