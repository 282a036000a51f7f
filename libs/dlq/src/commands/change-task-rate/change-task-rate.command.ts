import { Command } from '@nestjs/cqrs';
import type { DlqTask } from '../../tasks/dlq-task.js';

/** Has a running task go faster or slower from its next step on. Fails with TaskNotFoundError or TaskEndedError. */
export class ChangeTaskRate extends Command<DlqTask> {
  /** @param rate - dead letters a second; 0 for as fast as possible */
  constructor(
    readonly id: string,
    readonly rate: number,
  ) {
    super();
  }
}
