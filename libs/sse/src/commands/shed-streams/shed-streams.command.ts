import { Command } from '@nestjs/cqrs';

/** How many streams one API process was asked to end. */
export interface ShedOfProcess {
  readonly processId: string;
  readonly count: number;
}

/**
 * Ends the oldest event streams: of each API process in proportion to what it holds, within about a second.
 *
 * @remarks Answers what each process was asked for, together at most `count`.
 */
export class ShedStreams extends Command<readonly ShedOfProcess[]> {
  constructor(
    readonly count: number,
    readonly reason: string | undefined,
  ) {
    super();
  }
}
