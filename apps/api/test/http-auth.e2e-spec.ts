import { routeRules } from '#zakops/auth';
import { PATH_METADATA } from '@nestjs/common/internal';
import { MetadataScanner, ModulesContainer } from '@nestjs/core';
import { startProbeApi } from '../../../libs/http/test/probe-api.js';
import type { ProbeApi } from '../../../libs/http/test/probe-api.js';
import { ProbeController } from '../../../libs/http/test/probe.controller.js';

describe('with AUTH_REQUIRED=false', () => {
  let api: ProbeApi;
  beforeAll(async () => {
    api = await startProbeApi();
  });
  afterAll(() => api.close());

  it('everybody acts as the development operator', async () => {
    expect((await api.call('/api/probe/me')).body['principal']).toMatchObject({
      kind: 'development',
      id: '00000000-0000-0000-0000-000000000001',
      email: 'dev@zakops.local',
      name: 'Development operator',
      role: 'admin',
    });
  });

  it('a route without a mark is closed to everybody', async () => {
    const { status, body } = await api.call('/api/probe/unmarked');
    expect([status, body['code']]).toEqual([403, 'FORBIDDEN']);
  });

  it('every route of the application has a mark', () => {
    const modules = [...api.app.get(ModulesContainer).values()];
    const scanner = new MetadataScanner();
    const unmarked: string[] = [];
    let routes = 0;
    for (const { metatype } of modules.flatMap(({ controllers }) => [...controllers.values()])) {
      if (typeof metatype !== 'function') continue;
      const prototype = metatype.prototype as Record<string, object>;
      for (const name of scanner.getAllMethodNames(prototype)) {
        const handler = prototype[name];
        if (handler === undefined || !Reflect.hasMetadata(PATH_METADATA, handler)) continue;
        routes += 1;
        if (routeRules(metatype as never, handler) === undefined) unmarked.push(`${metatype.name}.${name}`);
      }
    }
    expect(routes).toBeGreaterThan(10);
    // The one that the test above needs.
    expect(unmarked).toEqual([`${ProbeController.name}.unmarked`]);
  });
});

describe('with AUTH_REQUIRED=true', () => {
  let api: ProbeApi;
  beforeAll(async () => {
    api = await startProbeApi({ AUTH_REQUIRED: 'true', SESSION_SECRET: 's'.repeat(32) });
  });
  afterAll(() => api.close());

  it.each(['/api/probe/me', '/api/probe/vehicles?limit=0', '/api/probe/unmarked'])(
    '%s is 401 before anything else is looked at',
    async (path) => {
      const { status, headers, body } = await api.call(path);
      expect([status, body['code'], headers.get('www-authenticate')]).toEqual([401, 'UNAUTHORIZED', 'Bearer realm="zakops"']);
    },
  );

  it.each(['/api/probe/open', '/openapi.json', '/docs'])('%s stays open', async (path) => {
    expect((await api.call(path)).status).toBe(200);
  });
});
