import { Query } from '@nestjs/cqrs';
import type { PauseKey, PausePage, PauseState } from '../../pauses/pause.reader.js';

/** A page of the pauses in a state, the last begun first. */
export class ListPauses extends Query<PausePage> {
  constructor(
    readonly state: PauseState,
    readonly limit: number,
    readonly after: PauseKey | undefined,
  ) {
    super();
  }
}
