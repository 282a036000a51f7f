import type { Scope } from '#zakops/auth';
import { ChangePassword } from '../../../../libs/operators/src/commands/change-password/change-password.command.js';
import { CreateApiKey } from '../../../../libs/operators/src/commands/create-api-key/create-api-key.command.js';
import { EndSession } from '../../../../libs/operators/src/commands/end-session/end-session.command.js';
import { EndSessions } from '../../../../libs/operators/src/commands/end-sessions/end-sessions.command.js';
import { LogIn } from '../../../../libs/operators/src/commands/log-in/log-in.command.js';
import { Reauthenticate } from '../../../../libs/operators/src/commands/reauthenticate/reauthenticate.command.js';
import { RevokeApiKey } from '../../../../libs/operators/src/commands/revoke-api-key/revoke-api-key.command.js';
import { RotateApiKey } from '../../../../libs/operators/src/commands/rotate-api-key/rotate-api-key.command.js';
import { PASSWORD } from '../login-harness.js';
import type { RollbackCase } from './rollback-case.js';

const SCOPES: readonly Scope[] = ['deals:read'];

/** Commands of sessions. */
export function sessionCases(): readonly RollbackCase[] {
  return [
    {
      name: 'LogIn',
      writes: ['operators', 'sessions', 'login_sources'],
      command: async (given) => {
        const { id, email } = await given.operator();
        await given.sql('UPDATE zakops.operators SET failed_logins = 1 WHERE id = $1', [id]);
        return new LogIn(email, PASSWORD, await given.session(id), undefined, true);
      },
    },
    {
      name: 'LogIn with one wrong password too many',
      writes: ['operators', 'events', 'outbox_waiting'],
      fails: true,
      command: async (given) => {
        const { id, email } = await given.operator();
        await given.sql('UPDATE zakops.operators SET failed_logins = 100 WHERE id = $1', [id]);
        return new LogIn(email, `not ${PASSWORD}`, undefined, undefined, true);
      },
    },
    {
      name: 'Reauthenticate',
      writes: ['operators', 'sessions'],
      command: async (given) => {
        const { id } = await given.operator();
        await given.sql('UPDATE zakops.operators SET failed_logins = 1 WHERE id = $1', [id]);
        return new Reauthenticate(id, await given.session(id), PASSWORD);
      },
    },
    {
      name: 'ChangePassword',
      writes: ['operators', 'sessions'],
      command: async (given) => {
        const { id } = await given.operator();
        return new ChangePassword(id, await given.session(id), PASSWORD, `${PASSWORD} again`, true);
      },
    },
    {
      name: 'EndSession',
      writes: ['sessions'],
      command: async (given) => new EndSession(await given.session((await given.operator()).id), undefined, 'ended'),
    },
    {
      name: 'EndSessions',
      writes: ['sessions'],
      command: async (given) => {
        const { id } = await given.operator();
        await given.session(id);
        return new EndSessions(id, 'any', undefined);
      },
    },
  ];
}

/** Commands of API keys. */
export function keyCases(): readonly RollbackCase[] {
  return [
    {
      name: 'CreateApiKey',
      writes: ['api_keys'],
      command: async (given) => new CreateApiKey((await given.operator()).id, new Set(SCOPES), 'robot', SCOPES, null),
    },
    {
      name: 'RotateApiKey',
      writes: ['api_keys'],
      command: async (given) => {
        const { id } = await given.operator();
        return new RotateApiKey(await given.apiKey(id), id, 60);
      },
    },
    {
      name: 'RevokeApiKey',
      writes: ['api_keys'],
      command: async (given) => new RevokeApiKey(await given.apiKey((await given.operator()).id), undefined),
    },
  ];
}
