import { Command } from '@nestjs/cqrs';
import type { OverrideKind } from '../../log-level-override.js';

/** Has processes log at their configured level again: what was asked of this kind is forgotten, or all that was asked. */
export class RestoreLogLevel extends Command<void> {
  constructor(readonly kind: OverrideKind | undefined) {
    super();
  }
}
