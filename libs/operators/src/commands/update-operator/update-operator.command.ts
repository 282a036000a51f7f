import type { AcceptedVersions } from '#zakops/kernel';
import { Command } from '@nestjs/cqrs';
import type { OperatorReference } from '../../persistence/operator.repository.js';
import type { OperatorChanges, OperatorState } from '../../domain/operator.js';

/** Changes name, role or status, everywhere within five seconds. Disabling ends every session, API key and setup token for good. */
export class UpdateOperator extends Command<OperatorState> {
  constructor(
    readonly operator: OperatorReference,
    readonly changes: OperatorChanges,
    /** The versions that the caller accepts; undefined for any. */
    readonly acceptedVersions: AcceptedVersions | undefined,
  ) {
    super();
  }
}
