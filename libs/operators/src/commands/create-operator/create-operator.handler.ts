import { AuditLog } from '#zakops/audit';
import { UnitOfWork } from '#zakops/database';
import { CommandHandler } from '@nestjs/cqrs';
import type { ICommandHandler } from '@nestjs/cqrs';
import { parseEmail } from '../../domain/email-address.js';
import { parseOperatorName } from '../../domain/operator-name.js';
import { auditFields, newOperator } from '../../domain/operator.js';
import type { OperatorState } from '../../domain/operator.js';
import { parseNewPassword } from '../../domain/password-rule.js';
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
    const created = newOperator(parseEmail(email), parseOperatorName(name), role, true);
    // Before the transaction, so that no connection is held while hashing.
    const hash = await this.hasher.hash(parseNewPassword(password, created, '/password'));
    return this.unitOfWork.run(async (tx) => {
      const operator = await this.operators.add(tx, created, hash, mustChangePassword);
      this.audit.record(tx, {
        action: 'operator.created',
        resourceType: 'operator',
        resourceId: operator.id,
        before: null,
        after: auditFields(operator),
        details: { source },
      });
      return operator;
    });
  }
}
