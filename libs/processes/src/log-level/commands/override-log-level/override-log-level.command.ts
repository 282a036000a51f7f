import type { LogLevelName } from '#zakops/observability';
import { Command } from '@nestjs/cqrs';
import type { OverrideKind } from '../../log-level-override.js';

/** Has all processes of a kind log at another level for a while. They follow with their next heartbeat, and go back by themselves. */
export class OverrideLogLevel extends Command<void> {
  constructor(
    readonly kind: OverrideKind,
    readonly level: LogLevelName,
    readonly minutes: number,
    readonly reason: string | undefined,
  ) {
    super();
  }
}
