import type { AcceptedVersions } from '#zakops/kernel';
import { Command } from '@nestjs/cqrs';
import type { GuardView } from '../../views/guard.js';

/** What an administrator says of a guard. */
export type GuardFields = Pick<GuardView, 'fromStage' | 'toStage' | 'rule' | 'fields' | 'message' | 'enabled'>;

/** Add a guard, or change one. */
export class SaveGuard extends Command<GuardView> {
  constructor(
    /** Undefined for a new guard. */
    readonly guardId: string | undefined,
    readonly changes: Partial<GuardFields>,
    /** The versions on which the caller bases its change; undefined when it does not care. */
    readonly acceptedVersions: AcceptedVersions | undefined,
  ) {
    super();
  }
}
