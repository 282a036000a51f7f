import { QueryHandler } from '@nestjs/cqrs';
import type { IQueryHandler } from '@nestjs/cqrs';
import { LookupReader } from '../../persistence/lookup.reader.js';
import type { LookupHit } from '../../sources/lookup-source.js';
import { LookupSources } from '../../sources/lookup-sources.js';
import { readQuestion } from '../../sources/read-question.js';
import { LookupId } from './lookup-id.query.js';

@QueryHandler(LookupId)
export class LookupIdHandler implements IQueryHandler<LookupId> {
  constructor(
    private readonly sources: LookupSources,
    private readonly reader: LookupReader,
  ) {}

  async execute({ text, scopes }: LookupId): Promise<readonly LookupHit[]> {
    const question = readQuestion(text);
    const held = scopes === undefined ? undefined : new Set(scopes);
    const allowed = this.sources.all().filter(({ permission }) => permission === undefined || held === undefined || held.has(permission));
    return (await Promise.all(allowed.map((lookup) => this.reader.find(lookup, question)))).flat();
  }
}
