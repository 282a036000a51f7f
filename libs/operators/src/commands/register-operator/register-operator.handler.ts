import { CommandBus, CommandHandler } from '@nestjs/cqrs';
import type { ICommandHandler } from '@nestjs/cqrs';
import { normaliseEmail } from '../../domain/email-address.js';
import { RegistrationClosedError } from '../../domain/operator.errors.js';
import type { OperatorState } from '../../domain/operator.js';
import { actAs } from '../../login/act-as.js';
import { OperatorsConfig } from '../../operators.config.js';
import { CreateOperator } from '../create-operator/create-operator.command.js';
import { RegisterOperator } from './register-operator.command.js';

@CommandHandler(RegisterOperator)
export class RegisterOperatorHandler implements ICommandHandler<RegisterOperator> {
  constructor(
    private readonly config: OperatorsConfig,
    private readonly commands: CommandBus,
  ) {}

  async execute({ email, name, password }: RegisterOperator): Promise<OperatorState> {
    if (!this.config.allowRegistration) throw new RegistrationClosedError();
    actAs(normaliseEmail(email));
    return this.commands.execute(new CreateOperator(email, name, 'analyst', password, 'registration'));
  }
}
