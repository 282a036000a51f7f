import { Query } from '@nestjs/cqrs';
import type { ReplayPage, ReplayPlace } from '../replay.reader.js';

/** A page of replays, newest first. */
export class ListReplays extends Query<ReplayPage> {
  constructor(
    readonly limit: number,
    readonly after: ReplayPlace | undefined,
  ) {
    super();
  }
}
