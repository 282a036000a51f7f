import { AuditLog } from '#zakops/audit';
import { UnitOfWork } from '#zakops/database';
import { CommandHandler } from '@nestjs/cqrs';
import type { ICommandHandler } from '@nestjs/cqrs';
import { takeEmail } from '../../domain/email-address.js';
import { takeName } from '../../domain/operator-name.js';
import { Operator } from '../../domain/operator.js';
import type { OperatorState } from '../../domain/operator.js';
import { takePassword } from '../../domain/password-rule.js';
import { PasswordHasher } from '../../passwords/password-hasher.js';
import { OperatorRepository } from '../../persistence/operator.repository.js';
import { CreateOperator } from './create-operator.command.js';

@CommandHandler(CreateOperator)
export class CreateOperatorHandler implements ICommandHandler<CreateOperator> {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly operators: OperatorRepository,
    private readonly hasher: PasswordHasher,
    private readonly audit: AuditLog,
  ) {}

  async execute({ email, name, role, password, source, mustChangePassword }: CreateOperator): Promise<OperatorState> {
    const operator = Operator.create(takeEmail(email), takeName(name), role, true);
    // Before the transaction: no connection is held while a core is busy.
    const hash = await this.hasher.hash(takePassword(password, operator.state, '/password'));
    await this.unitOfWork.run(async (tx) => {
      await this.operators.add(tx, operator, hash, mustChangePassword);
      this.audit.record(tx, {
        action: 'operator.created',
        resourceType: 'operator',
        resourceId: operator.id,
        before: null,
        after: operator.facts,
        details: { source },
      });
    });
    return operator.state;
  }
}
