import { newCall, runInCall } from '#zakops/observability';
import type { ExecutionContext } from '@nestjs/common';
import type { Request } from 'express';
import { AuthGuard } from './auth.guard.js';
import type { CallLimits } from './call-limits.js';
import type { CsrfCheck } from './csrf/csrf-check.js';
import type { Identity } from './identify/identity.js';
import type { PrincipalSource } from './identify/principal-source.js';
import { effectiveScopes, scopesOfRole } from './permissions.js';
import type { Role, Scope } from './permissions.js';
import { AuthRateLimit, ElevatedBy, FreshLogin, Public, RequireLogin, RequirePermission } from './route-access.js';

class Routes {
  @Public()
  open(): void {
    return;
  }

  @Public({ identify: true })
  greeting(): void {
    return;
  }

  @Public()
  @AuthRateLimit()
  login(): void {
    return;
  }

  @RequirePermission('deals:write')
  write(): void {
    return;
  }

  @RequirePermission('admin:system', { orScope: 'admin:stats' })
  stats(): void {
    return;
  }

  @RequireLogin()
  me(): void {
    return;
  }

  @RequireLogin({ beforePasswordChange: true })
  changePassword(): void {
    return;
  }

  @RequireLogin({ keys: true })
  whoami(): void {
    return;
  }

  @RequirePermission('deals:write')
  @FreshLogin()
  sensitive(): void {
    return;
  }

  @RequireLogin({ keys: true })
  @FreshLogin()
  sensitiveToAll(): void {
    return;
  }

  @RequirePermission('admin:system')
  @ElevatedBy('reveal', 'admin:purge')
  masked(): void {
    return;
  }

  unmarked(): void {
    return;
  }
}

@RequirePermission('admin:system')
class AdminRoutes {
  inherited(): void {
    return;
  }

  @Public()
  open(): void {
    return;
  }
}

function operator(role: Role, more: Partial<Identity> = {}): Identity {
  return {
    principal: {
      kind: 'operator',
      id: 'o',
      email: 'ann@example.com',
      name: 'Ann',
      role,
      scopes: scopesOfRole(role, 'admins'),
      sessionId: 's',
    },
    actor: { type: 'user', id: 'ann@example.com' },
    rateSubject: 'operator:o',
    freshUntil: Number.POSITIVE_INFINITY,
    mustChangePassword: false,
    csrfTokens: [Buffer.from('t')],
    isReplaced: false,
    ...more,
  };
}

function apiKey(...scopes: readonly Scope[]): Identity {
  return {
    principal: {
      kind: 'api_key',
      id: 'o',
      email: 'ann@example.com',
      name: 'Ann',
      role: 'admin',
      scopes: effectiveScopes(scopes, scopesOfRole('admin', 'admins')),
      apiKeyId: 'k',
    },
    actor: { type: 'api_key', id: 'k' },
    rateSubject: 'api_key:k',
    freshUntil: 0,
    mustChangePassword: false,
    csrfTokens: undefined,
    isReplaced: false,
  };
}

/** Asks the guard for a caller, and gives what it did: `allowed`, or the code of its refusal, after the steps it took. */
function ask(
  identity: Identity | undefined,
  handler: keyof Routes | AdminHandler,
  late = false,
  query: Request['query'] = {},
): { outcome: unknown; steps: string[]; request: Partial<Request> } {
  const steps: string[] = [];
  const request: Partial<Request> = { query };
  const source = {
    identify: () => {
      steps.push('identify');
      return late ? Promise.resolve(identity) : identity;
    },
  };
  const limits = {
    count: (...[, , , authRateLimited]: Parameters<CallLimits['count']>) => {
      steps.push(authRateLimited ? 'count as auth' : 'count');
      return late ? Promise.resolve() : undefined;
    },
  };
  const csrf = { check: () => steps.push('csrf'), checkSource: () => steps.push('source') };
  const guard = new AuthGuard(source as unknown as PrincipalSource, limits as unknown as CallLimits, csrf as unknown as CsrfCheck);
  const isAdmin = handler === 'admin.inherited' || handler === 'admin.open';
  const controller = isAdmin ? AdminRoutes : Routes;
  const method: unknown = isAdmin ? AdminRoutes.prototype[handler === 'admin.open' ? 'open' : 'inherited'] : Routes.prototype[handler];
  const context = {
    getClass: () => controller,
    getHandler: () => method,
    switchToHttp: () => ({ getRequest: () => request, getResponse: () => ({}) }),
  };
  const attempt = (): unknown => guard.canActivate(context as unknown as ExecutionContext);
  const codeOf = (error: unknown): unknown => (error as { code?: unknown }).code ?? error;
  try {
    const answer = attempt();
    const outcome = answer instanceof Promise ? answer.then(named, codeOf) : named(answer);
    return { outcome, steps, request };
  } catch (error) {
    return { outcome: codeOf(error), steps, request };
  }
}

type AdminHandler = 'admin.inherited' | 'admin.open';

function named(answer: unknown): unknown {
  return answer === true ? 'allowed' : answer;
}

const stale = { freshUntil: 0 };
const mustChange = { mustChangePassword: true };

describe(AuthGuard.name, () => {
  it.each<[string, Identity | undefined, keyof Routes | AdminHandler, string]>([
    ['nobody', undefined, 'open', 'allowed'],
    ['nobody', undefined, 'greeting', 'allowed'],
    ['nobody', undefined, 'login', 'allowed'],
    ['nobody', undefined, 'write', 'UNAUTHORIZED'],
    ['nobody', undefined, 'me', 'UNAUTHORIZED'],
    ['nobody', undefined, 'unmarked', 'UNAUTHORIZED'],
    ['nobody', undefined, 'admin.inherited', 'UNAUTHORIZED'],
    ['nobody', undefined, 'admin.open', 'allowed'],
    ['an admin', operator('admin'), 'unmarked', 'FORBIDDEN'],
    ['an admin', operator('admin'), 'admin.inherited', 'allowed'],
    ['an analyst', operator('analyst'), 'admin.inherited', 'FORBIDDEN'],
    ['an analyst', operator('analyst'), 'write', 'allowed'],
    ['a viewer', operator('viewer'), 'write', 'FORBIDDEN'],
    ['a viewer', operator('viewer'), 'me', 'allowed'],
    ['a viewer', operator('viewer'), 'whoami', 'allowed'],
    ['an admin', operator('admin'), 'stats', 'allowed'],
    ['an analyst', operator('analyst'), 'stats', 'FORBIDDEN'],
    ['a key for statistics', apiKey('admin:stats'), 'stats', 'allowed'],
    ['a key for statistics', apiKey('admin:stats'), 'admin.inherited', 'FORBIDDEN'],
    ['a key', apiKey('deals:read'), 'write', 'FORBIDDEN'],
    ['a key', apiKey('deals:write'), 'write', 'allowed'],
    ['a key', apiKey('deals:write'), 'me', 'FORBIDDEN'],
    ['a key', apiKey('deals:write'), 'whoami', 'allowed'],
    ['a key', apiKey('deals:write'), 'sensitive', 'FORBIDDEN'],
    ['a key', apiKey('deals:write'), 'sensitiveToAll', 'FORBIDDEN'],
    ['who gave the password just now', operator('analyst'), 'sensitive', 'allowed'],
    ['who gave the password long ago', operator('analyst', stale), 'sensitive', 'REAUTHENTICATION_REQUIRED'],
    ['who gave the password long ago', operator('analyst', stale), 'write', 'allowed'],
    ['who may not anyway and gave the password long ago', operator('viewer', stale), 'sensitive', 'FORBIDDEN'],
    ['who must change the password', operator('admin', mustChange), 'write', 'PASSWORD_CHANGE_REQUIRED'],
    ['who must change the password', operator('admin', mustChange), 'me', 'PASSWORD_CHANGE_REQUIRED'],
    ['who must change the password', operator('admin', mustChange), 'changePassword', 'allowed'],
    ['who must change the password', operator('admin', mustChange), 'open', 'allowed'],
    ['who need not', operator('viewer'), 'changePassword', 'allowed'],
  ])('%s', (_who, identity, handler, expected) => {
    expect(ask(identity, handler).outcome).toBe(expected);
  });

  it.each<[string, Identity, Request['query'], string]>([
    ['somebody on call', operator('oncall', stale), {}, 'allowed'],
    ['somebody on call', operator('oncall', stale), { reveal: 'false' }, 'allowed'],
    ['somebody on call', operator('oncall'), { reveal: 'true' }, 'FORBIDDEN'],
    ['an admin', operator('admin'), { reveal: 'true' }, 'allowed'],
    ['an admin who gave the password long ago', operator('admin', stale), { reveal: 'true' }, 'REAUTHENTICATION_REQUIRED'],
    ['an admin who gave the password long ago', operator('admin', stale), { reveal: ['true', 'false'] }, 'REAUTHENTICATION_REQUIRED'],
    ['an admin who gave the password long ago', operator('admin', stale), { reveal: '' }, 'REAUTHENTICATION_REQUIRED'],
    ['a key', apiKey('admin:system', 'admin:purge'), { reveal: 'true' }, 'FORBIDDEN'],
  ])('asks more of %3$j: %1$s', (_who, identity, query, expected) => {
    expect(ask(identity, 'masked', false, query).outcome).toBe(expected);
  });

  it('identifies, counts, looks for forgery, and then asks for the permission', () => {
    expect(ask(operator('viewer'), 'write')).toMatchObject({ outcome: 'FORBIDDEN', steps: ['identify', 'count', 'csrf'] });
    expect(ask(apiKey('deals:write'), 'write').steps).toEqual(['identify', 'count']);
    expect(ask(undefined, 'write').steps).toEqual(['identify', 'count']);
  });

  it('costs a probe nothing, and counts attempts to log in as such', () => {
    expect(ask(undefined, 'open').steps).toEqual([]);
    expect(ask(undefined, 'login').steps).toEqual(['identify', 'count as auth', 'source']);
    expect(ask(operator('viewer'), 'greeting').steps).toEqual(['identify', 'count', 'source']);
  });

  it('does the same in the same order when it has to wait', async () => {
    const { outcome, steps } = ask(operator('viewer'), 'write', true);
    expect(await outcome).toBe('FORBIDDEN');
    expect(steps).toEqual(['identify', 'count', 'csrf']);
    expect(await ask(operator('analyst'), 'write', true).outcome).toBe('allowed');
  });

  it('notes the principal for handlers, and the actor for what the call writes', () => {
    const identity = operator('analyst');
    const call = newCall();
    const { request } = runInCall(call, () => ask(identity, 'write'));
    expect(request.principal).toBe(identity.principal);
    expect(call.actor).toBe(identity.actor);
  });

  it('notes nobody on a probe', () => {
    expect(ask(operator('viewer'), 'open').request.principal).toBeUndefined();
  });
});
