import { QueryHandler } from '@nestjs/cqrs';
import type { IQueryHandler } from '@nestjs/cqrs';
import { PauseReader } from '../../pauses/pause.reader.js';
import type { PausePage } from '../../pauses/pause.reader.js';
import { ListPauses } from './list-pauses.query.js';

@QueryHandler(ListPauses)
export class ListPausesHandler implements IQueryHandler<ListPauses> {
  constructor(private readonly reader: PauseReader) {}

  async execute({ state, limit, after }: ListPauses): Promise<PausePage> {
    return this.reader.list(state, limit, after);
  }
}
