import type { LogLevelName } from '#zakops/observability';
import { Command } from '@nestjs/cqrs';
import type { OverrideKind } from '../../log-level-override.js';

/** Makes all processes of a kind log at another level for a while. Each follows with its next heartbeat. */
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
