import { routeRules, SCOPES } from '#zakops/auth';
import type { Role, Scope } from '#zakops/auth';
import { PATH_METADATA } from '@nestjs/common/internal';
import { MetadataScanner, ModulesContainer } from '@nestjs/core';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { AuthApi, bearer, browser } from './auth-harness.js';

/**
 * Who may call what, for every route that the running application answers: `allowed` is every answer but 401 and 403.
 *
 * Written by this test with UPDATE_ROUTE_MATRIX=1 (then `npm run format`), and read by people: a route that is not in it, or answers somebody otherwise, fails.
 */
const MATRIX_FILE = join(process.cwd(), 'apps/api/test/route-matrix.json');

type Cell = 'allowed' | 401 | 403;

/** One route: a cell for each caller, and for keys the scopes with which alone it is allowed; with every other it is 403. */
interface Row {
  readonly none: Cell;
  readonly expired: Cell;
  readonly viewer: Cell;
  readonly analyst: Cell;
  readonly oncall: Cell;
  readonly admin: Cell;
  /** An administrator who gave the password 16 minutes ago. */
  readonly 'admin not fresh': Cell;
  /** An administrator whose password was given by somebody else, and must be changed first. */
  readonly 'admin to change the password': Cell;
  readonly 'expired key': Cell;
  readonly 'keys with': 'any scope' | readonly Scope[];
}

const ROLES: readonly Role[] = ['viewer', 'analyst', 'oncall', 'admin'];
const METHODS = ['get', 'post', 'put', 'patch', 'delete'];
const ANY_ID = '0199c4a2-7d1e-7c3b-9f50-3a1f6f1c2b4d';

describe('the routes of the application', () => {
  let api: AuthApi;
  beforeAll(async () => {
    api = await AuthApi.start({}, undefined, []);
  });
  afterAll(() => api.stop());

  /** `GET /api/deals/:id`, from the list by which the server itself finds its routes. */
  function routes(): readonly string[] {
    const { router } = api.app.getHttpAdapter().getInstance() as unknown as {
      router: { stack: { route?: { path: string; methods: Readonly<Record<string, boolean>> } }[] };
    };
    return router.stack
      .flatMap(({ route }) => {
        // Middleware, which takes every method under a wildcard.
        if (route === undefined || route.methods['trace'] === true) return [];
        return METHODS.filter((method) => route.methods[method] === true).map((method) => `${method.toUpperCase()} ${route.path}`);
      })
      .sort();
  }

  async function ask(route: string, headers: Readonly<Record<string, string>>): Promise<Cell> {
    const [method = '', path = ''] = route.split(' ');
    const hasBody = method !== 'GET' && method !== 'DELETE';
    const response = await fetch(api.url + path.replaceAll(/:\w+/g, ANY_ID), {
      method,
      headers: { ...headers, ...(hasBody ? { 'content-type': 'application/json' } : {}) },
      // What is asked is wrong on purpose: who is let in gets another refusal than 401 and 403.
      ...(hasBody ? { body: '{"nonsense":1}' } : {}),
    });
    // A stream would stay open.
    await response.body?.cancel();
    return response.status === 401 || response.status === 403 ? response.status : 'allowed';
  }

  /** Logs in for one call: it may end its session. */
  async function asRole(route: string, role: Role): Promise<Cell> {
    return ask(route, browser(await api.logIn(role)));
  }

  async function asAdminToChange(route: string): Promise<Cell> {
    const admin = await api.logIn('admin');
    await api.database.query(`UPDATE zakops.operators SET must_change_password = true WHERE id = $1`, [admin.operatorId]);
    return ask(route, browser(admin));
  }

  async function asAdminWith(route: string, assignment: string): Promise<Cell> {
    const admin = await api.logIn('admin');
    await api.database.query(`UPDATE zakops.sessions SET ${assignment} WHERE id = $1`, [admin.session.id]);
    return ask(route, browser(admin));
  }

  async function asKey(route: string, scopes: readonly Scope[], expiresAt: Date | null = null): Promise<Cell> {
    const { key } = await api.issueKey(await api.operator('admin'), scopes, expiresAt);
    return ask(route, bearer(key));
  }

  async function rowOf(route: string): Promise<Row> {
    const [viewer, analyst, oncall, admin] = await Promise.all(ROLES.map((role) => asRole(route, role)));
    if (viewer === undefined || analyst === undefined || oncall === undefined || admin === undefined)
      throw new Error('A role was not asked.');
    const byScope = await Promise.all(SCOPES.map(async (scope) => [scope, await asKey(route, [scope])] as const));
    // Every key is an administrator's and counts: what is not allowed is 403 and nothing else.
    const refused = byScope.filter(([, cell]) => cell !== 'allowed');
    expect([route, refused.filter(([, cell]) => cell !== 403)]).toEqual([route, []]);
    const allowed = byScope.flatMap(([scope, cell]) => (cell === 'allowed' ? [scope] : []));
    return {
      none: await ask(route, {}),
      expired: await asAdminWith(route, 'expires_at = now()'),
      viewer,
      analyst,
      oncall,
      admin,
      'admin not fresh': await asAdminWith(route, "authenticated_at = now() - interval '16 minutes'"),
      'admin to change the password': await asAdminToChange(route),
      'expired key': await asKey(route, SCOPES, new Date(0)),
      'keys with': allowed.length === SCOPES.length ? 'any scope' : allowed,
    };
  }

  it('let in whom the matrix lets in, and nobody else', async () => {
    const found: Record<string, Row> = {};
    for (const route of routes()) found[route] = await rowOf(route);
    expect(Object.keys(found).length).toBeGreaterThan(40);
    if (process.env['UPDATE_ROUTE_MATRIX'] === '1') writeFileSync(MATRIX_FILE, `${JSON.stringify(found, null, 2)}\n`);
    expect(found).toEqual(JSON.parse(readFileSync(MATRIX_FILE, 'utf8')));
  }, 180_000);

  it('each have a mark', () => {
    const modules = [...api.app.get(ModulesContainer).values()];
    const scanner = new MetadataScanner();
    const unmarked: string[] = [];
    let count = 0;
    for (const { metatype } of modules.flatMap(({ controllers }) => [...controllers.values()])) {
      if (typeof metatype !== 'function') continue;
      const prototype = metatype.prototype as Record<string, object>;
      for (const name of scanner.getAllMethodNames(prototype)) {
        const handler = prototype[name];
        if (handler === undefined || !Reflect.hasMetadata(PATH_METADATA, handler)) continue;
        count += 1;
        if (routeRules(metatype as never, handler) === undefined) unmarked.push(`${metatype.name}.${name}`);
      }
    }
    expect([count > 30, unmarked]).toEqual([true, []]);
  });
});
