import { CreateFirstAdmin, CreateOperator, InviteOperator, ResetOperator, UpdateOperator } from '#zakops/operators';
import { RegisterOperator } from '../../../../libs/operators/src/commands/register-operator/register-operator.command.js';
import { SetUpPassword } from '../../../../libs/operators/src/commands/set-up-password/set-up-password.command.js';
import { PASSWORD } from '../login-harness.js';
import type { RollbackCase } from './rollback-case.js';

/** Commands of operators. */
export function operatorCases(): readonly RollbackCase[] {
  return [
    {
      name: 'CreateFirstAdmin',
      writes: ['operators'],
      command: async (given) => {
        await given.sql('TRUNCATE zakops.operators CASCADE');
        return new CreateFirstAdmin(given.email(), 'Ann');
      },
    },
    {
      name: 'CreateOperator',
      writes: ['operators'],
      command: (given) => Promise.resolve(new CreateOperator(given.email(), 'Ann', 'analyst', PASSWORD, 'command line')),
    },
    {
      name: 'RegisterOperator',
      writes: ['operators'],
      command: (given) => Promise.resolve(new RegisterOperator(given.email(), 'Ann', PASSWORD)),
    },
    {
      name: 'InviteOperator',
      writes: ['operators', 'operator_setup_tokens'],
      command: (given) => Promise.resolve(new InviteOperator(given.email(), 'Ann', 'analyst')),
    },
    {
      name: 'SetUpPassword',
      writes: ['operators', 'operator_setup_tokens', 'login_sources'],
      command: async (given) => {
        const { setupToken } = await given.run(new InviteOperator(given.email(), 'Ann', 'analyst'));
        return new SetUpPassword(setupToken, PASSWORD);
      },
    },
    {
      name: 'ResetOperator',
      writes: ['operators', 'sessions', 'operator_setup_tokens'],
      command: async (given) => {
        const operator = await given.operator();
        await given.session(operator.id);
        return new ResetOperator(operator, true);
      },
    },
    {
      name: 'UpdateOperator',
      writes: ['operators', 'sessions'],
      command: async (given) => {
        const operator = await given.operator();
        await given.session(operator.id);
        return new UpdateOperator(operator, { status: 'disabled' }, undefined);
      },
    },
  ];
}
