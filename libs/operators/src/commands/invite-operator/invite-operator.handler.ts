import { AuditLog } from '#zakops/audit';
import { UnitOfWork } from '#zakops/database';
import { CommandHandler } from '@nestjs/cqrs';
import type { ICommandHandler } from '@nestjs/cqrs';
import { parseEmail } from '../../domain/email-address.js';
import { parseOperatorName } from '../../domain/operator-name.js';
import { auditFields, newOperator } from '../../domain/operator.js';
import { newSetupToken } from '../../domain/setup-token.js';
import { OperatorRepository } from '../../persistence/operator.repository.js';
import { SetupTokenStore } from '../../persistence/setup-token.store.js';
import { InviteOperator } from './invite-operator.command.js';
import type { SetupInvitation } from './invite-operator.command.js';

@CommandHandler(InviteOperator)
export class InviteOperatorHandler implements ICommandHandler<InviteOperator> {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly operators: OperatorRepository,
    private readonly tokens: SetupTokenStore,
    private readonly audit: AuditLog,
  ) {}

  async execute({ email, name, role }: InviteOperator): Promise<SetupInvitation> {
    // Before a connection is taken: input that the rules refuse is no matter of the database.
    const invited = newOperator(parseEmail(email), parseOperatorName(name), role, false);
    const setupToken = newSetupToken();
    return this.unitOfWork.run(async (tx) => {
      const operator = await this.operators.add(tx, invited, null);
      const expiresAt = await this.tokens.issue(tx, operator.id, setupToken, 'invitation');
      this.audit.record(tx, {
        action: 'operator.created',
        resourceType: 'operator',
        resourceId: operator.id,
        before: null,
        after: auditFields(operator),
        details: { source: 'invitation', setup_expires_at: expiresAt.toISOString() },
      });
      return { operator, setupToken, expiresAt };
    });
  }
}
