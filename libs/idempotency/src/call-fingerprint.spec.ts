import type { Principal } from '#zakops/auth';
import type { Request } from 'express';
import { fingerprintOf } from './call-fingerprint.js';

const ADA: Principal = {
  kind: 'operator',
  id: '0199c4a2-7d1e-7c3b-9f50-3a1f6f1c2b4d',
  email: 'ada@example.com',
  name: 'Ada',
  role: 'analyst',
  scopes: new Set(),
};

const ROUTE = { route: { path: '/api/things/:id/moves' } };

interface Call {
  readonly method?: string;
  readonly url?: string;
  readonly body?: unknown;
  readonly query?: Record<string, unknown>;
}

function callOf({ method = 'POST', url = '/api/deals', body = { a: 1 }, query = {} }: Call): Request {
  return { method, originalUrl: url, body, query } as unknown as Request;
}

describe(fingerprintOf.name, () => {
  const first = fingerprintOf(callOf({}), ADA, 'k1');

  it('is the same for the same call, also after another login', () => {
    const again = fingerprintOf(callOf({}), { ...ADA, sessionId: 'another', role: 'admin' }, 'k1');
    expect(again).toEqual(first);
  });

  it('is the same however the path is spelled: the values count that the route took from it', () => {
    const [once, again] = ['0199c4a2-7d1e-7c3b-9f50-3a1f6f1c2b4d', '0199C4A2-7D1E-7C3B-9F50-3A1F6F1C2B4D'].map((id) =>
      fingerprintOf({ ...callOf({ url: `/api/things/${id}/moves` }), ...ROUTE, params: { id } } as unknown as Request, ADA, 'k1'),
    );
    expect(again).toEqual(once);
    const [plain, encoded] = ['/api/things/a@b/moves', '/api/things/a%40b/moves'].map((url) =>
      fingerprintOf({ ...callOf({ url }), ...ROUTE, params: { id: 'a@b' } } as unknown as Request, ADA, 'k1'),
    );
    expect(encoded).toEqual(plain);
    expect(encoded?.scope).not.toEqual(once?.scope);
  });

  it.each([
    ['another operator', callOf({}), { ...ADA, id: '0199c4a2-0000-7c3b-9f50-3a1f6f1c2b4d' }, 'k1'],
    ['an API key of the operator', callOf({}), { ...ADA, kind: 'api_key' as const, apiKeyId: 'x' }, 'k1'],
    ['another method', callOf({ method: 'PATCH' }), ADA, 'k1'],
    ['another path', callOf({ url: '/api/deals/DEAL-000001/transition' }), ADA, 'k1'],
    ['another key', callOf({}), ADA, 'k2'],
  ])('has another scope for %s', (_, request, principal, key) => {
    const other = fingerprintOf(request, principal, key);
    expect(other.scope).not.toEqual(first.scope);
    expect(other.input).toEqual(first.input);
  });

  it.each([
    ['another body', callOf({ body: { a: 2 } })],
    ['an empty body', callOf({ body: {} })],
    ['another query', callOf({ url: '/api/deals?x=1', query: { x: '1' } })],
  ])('has the same scope and another input for %s', (_, request) => {
    const other = fingerprintOf(request, ADA, 'k1');
    expect(other.scope).toEqual(first.scope);
    expect(other.input).not.toEqual(first.input);
  });
});
