import { Command } from '@nestjs/cqrs';
import type { OverrideKind } from '../../log-level-override.js';

/** Makes processes log at their configured level again: removes the override of one kind, or every override. */
export class RestoreLogLevel extends Command<void> {
  constructor(readonly kind: OverrideKind | undefined) {
    super();
  }
}
