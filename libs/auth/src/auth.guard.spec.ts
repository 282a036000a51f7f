import { newCall, runInCall } from '#zakops/observability';
import type { ExecutionContext } from '@nestjs/common';
import { AuthGuard } from './auth.guard.js';
import { DEVELOPMENT_OPERATOR, principalOf } from './principal.js';
import { Public, RequirePermission } from './route-access.js';

class Routes {
  @Public()
  open(): void {
    return;
  }

  @RequirePermission('deals:write')
  write(): void {
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

function setup(required: boolean): { ask: (controller: object, handler: object) => unknown; request: object } {
  const request = {};
  const guard = new AuthGuard({ required, sessionSecrets: undefined });
  const ask = (controller: object, handler: object): unknown => {
    const context = { getClass: () => controller, getHandler: () => handler, switchToHttp: () => ({ getRequest: () => request }) };
    return guard.canActivate(context as unknown as ExecutionContext);
  };
  return { ask, request };
}

describe(AuthGuard.name, () => {
  it('acts as the development operator, and says so to what the call writes', () => {
    const { ask, request } = setup(false);
    const call = newCall();
    expect(runInCall(call, () => ask(Routes, Routes.prototype.write))).toBe(true);
    expect(principalOf(request)).toBe(DEVELOPMENT_OPERATOR);
    expect(call.actor).toEqual({ type: 'user', id: 'dev@zakops.local' });
  });

  it('refuses a route without a mark, in both modes', () => {
    expect(() => setup(false).ask(Routes, Routes.prototype.unmarked)).toThrow(expect.objectContaining({ code: 'FORBIDDEN' }) as Error);
    expect(() => setup(true).ask(Routes, Routes.prototype.unmarked)).toThrow(expect.objectContaining({ code: 'UNAUTHORIZED' }) as Error);
  });

  it('lets everybody into a public route, without a principal', () => {
    const { ask, request } = setup(true);
    expect(ask(Routes, Routes.prototype.open)).toBe(true);
    expect(principalOf(request)).toBeUndefined();
  });

  it('takes the mark of the controller, and that of the route before it', () => {
    expect(() => setup(true).ask(AdminRoutes, AdminRoutes.prototype.inherited)).toThrow(
      expect.objectContaining({ code: 'UNAUTHORIZED' }) as Error,
    );
    expect(setup(false).ask(AdminRoutes, AdminRoutes.prototype.inherited)).toBe(true);
    expect(setup(true).ask(AdminRoutes, AdminRoutes.prototype.open)).toBe(true);
  });
});
