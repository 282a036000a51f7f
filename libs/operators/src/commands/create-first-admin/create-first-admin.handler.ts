import { randomBytes } from 'node:crypto';
import { AuditLog } from '#zakops/audit';
import { UnitOfWork } from '#zakops/database';
import { CommandHandler } from '@nestjs/cqrs';
import type { ICommandHandler } from '@nestjs/cqrs';
import { parseEmail } from '../../domain/email-address.js';
import { parseOperatorName } from '../../domain/operator-name.js';
import { auditFields, newOperator } from '../../domain/operator.js';
import { PasswordHasher } from '../../passwords/password-hasher.js';
import { OperatorRepository } from '../../persistence/operator.repository.js';
import { CreateFirstAdmin } from './create-first-admin.command.js';
import type { FirstAdmin } from './create-first-admin.command.js';

const PASSWORD_BYTES = 15;

@CommandHandler(CreateFirstAdmin)
export class CreateFirstAdminHandler implements ICommandHandler<CreateFirstAdmin> {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly operators: OperatorRepository,
    private readonly hasher: PasswordHasher,
    private readonly audit: AuditLog,
  ) {}

  async execute({ email, name }: CreateFirstAdmin): Promise<FirstAdmin | null> {
    const operator = newOperator(parseEmail(email), parseOperatorName(name), 'admin', true);
    const password = randomBytes(PASSWORD_BYTES).toString('base64url');
    const hash = await this.hasher.hash(password);
    const created = await this.unitOfWork.run(async (tx) => {
      await this.operators.lockAdministration(tx);
      if (await this.operators.exist(tx)) return false;
      await this.operators.add(tx, operator, hash);
      this.audit.record(tx, {
        action: 'operator.created',
        resourceType: 'operator',
        resourceId: operator.id,
        before: null,
        after: auditFields(operator),
        details: { source: 'first administrator' },
      });
      return true;
    });
    return created ? { email: operator.email, password } : null;
  }
}
