import { Query } from '@nestjs/cqrs';
import type { ReplayView } from '../../replay/replay.js';

/** One replay and how far it is. Fails with ReplayNotFoundError. */
export class GetReplay extends Query<ReplayView> {
  constructor(readonly id: string) {
    super();
  }
}
