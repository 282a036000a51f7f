import { AuditLog } from '#zakops/audit';
import { UnitOfWork } from '#zakops/database';
import { CommandHandler } from '@nestjs/cqrs';
import type { ICommandHandler } from '@nestjs/cqrs';
import { takeEmail } from '../../domain/email-address.js';
import { takeName } from '../../domain/operator-name.js';
import { Operator } from '../../domain/operator.js';
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
    const operator = Operator.create(takeEmail(email), takeName(name), role, false);
    const setupToken = newSetupToken();
    const expiresAt = await this.unitOfWork.run(async (tx) => {
      await this.operators.add(tx, operator, null);
      const until = await this.tokens.issue(tx, operator.id, setupToken, 'invitation');
      this.audit.record(tx, {
        action: 'operator.created',
        resourceType: 'operator',
        resourceId: operator.id,
        before: null,
        after: operator.facts,
        details: { source: 'invitation', setup_expires_at: until.toISOString() },
      });
      return until;
    });
    return { operatorId: operator.id, email: operator.state.email, setupToken, expiresAt };
  }
}
