import type { Request } from 'express';
import { routePath } from './route-path.js';

const ID = '0198c0de-0000-7000-8000-00000000000a';

describe(routePath.name, () => {
  it.each<[string, Record<string, string>, string]>([
    ['/api/deals', {}, '/api/deals'],
    ['/api/deals/:id/transition', { id: 'DEAL-000001' }, '/api/deals/DEAL-000001/transition'],
    ['/api/consumers/:name', { name: 'cafe\u0301' }, '/api/consumers/caf%C3%A9'],
    ['/api/deals/:id/aliases/:alias_id', { id: 'a/b', alias_id: ID.toUpperCase() }, `/api/deals/a%2Fb/aliases/${ID}`],
  ])('fills %s with the values %j', (path, params, filled) => {
    expect(routePath({ originalUrl: '/API/x/', route: { path }, params } as unknown as Request)).toBe(filled);
  });

  it('is the path that was asked for where there is no route', () => {
    expect(routePath({ originalUrl: '/nowhere?x=1' } as unknown as Request)).toBe('/nowhere');
  });
});
