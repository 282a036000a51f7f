import type { AcceptedVersions } from '#zakops/kernel';
import { Command } from '@nestjs/cqrs';
import type { OperatorName } from '../../persistence/operator.repository.js';
import type { OperatorChanges } from '../../domain/operator.js';

/** Changes name, role or status. Disabling ends every session, API key and setup token for good; a role takes effect everywhere within seconds. */
export class UpdateOperator extends Command<void> {
  constructor(
    readonly operator: OperatorName,
    readonly changes: OperatorChanges,
    /** The versions on which the caller bases its change; undefined when it does not care. */
    readonly acceptedVersions: AcceptedVersions | undefined,
  ) {
    super();
  }
}
