import type { HttpConfig } from '#zakops/http';
import type { Request } from 'express';
import type { SessionCookies } from '../sessions/session-cookies.js';
import { CsrfCheck } from './csrf-check.js';

const TRUSTED = 'https://app.example.com';
const TOKENS = [Buffer.from('new-token'), Buffer.from('old-token')];

type Headers = Readonly<Record<string, string>>;

/** What comes of a POST to `api.example.com` that carries a good token, unless said otherwise. */
function post(headers: Headers, { secure = true, host = 'api.example.com', method = 'POST' } = {}): string {
  const sut = new CsrfCheck({ corsOrigins: [TRUSTED] } as unknown as HttpConfig, { secure } as SessionCookies);
  const request = { method, headers: { host, 'x-csrf-token': 'new-token', ...headers } } as unknown as Request;
  try {
    sut.check(request, TOKENS);
    return 'allowed';
  } catch (error) {
    return (error as { code: string }).code;
  }
}

describe(CsrfCheck.name, () => {
  it.each<[string, Headers, string]>([
    ['its own origin', { origin: 'https://api.example.com' }, 'allowed'],
    ['a trusted origin', { origin: TRUSTED }, 'allowed'],
    ['a trusted origin of another site', { origin: TRUSTED, 'sec-fetch-site': 'cross-site' }, 'allowed'],
    ['its own host without https', { origin: 'http://api.example.com' }, 'CSRF_REJECTED'],
    ['its own host on another port', { origin: 'https://api.example.com:8443' }, 'CSRF_REJECTED'],
    ['another origin', { origin: 'https://evil.example' }, 'CSRF_REJECTED'],
    ['another origin, whatever it says besides', { origin: 'https://evil.example', 'sec-fetch-site': 'same-origin' }, 'CSRF_REJECTED'],
    ['a host that only begins like ours', { origin: 'https://api.example.com.evil.example' }, 'CSRF_REJECTED'],
    ['a sub-domain', { origin: 'https://x.api.example.com' }, 'CSRF_REJECTED'],
    ['a trusted host without https', { origin: 'http://app.example.com' }, 'CSRF_REJECTED'],
    ['null', { origin: 'null' }, 'CSRF_REJECTED'],
    ['nonsense', { origin: 'nonsense' }, 'CSRF_REJECTED'],
    ['no origin, from its own pages', { 'sec-fetch-site': 'same-origin' }, 'allowed'],
    ['no origin, from the address bar', { 'sec-fetch-site': 'none' }, 'allowed'],
    ['no origin, from a neighbouring host', { 'sec-fetch-site': 'same-site' }, 'CSRF_REJECTED'],
    ['no origin, from another site', { 'sec-fetch-site': 'cross-site' }, 'CSRF_REJECTED'],
    ['no origin, from another site, with a good referer', { 'sec-fetch-site': 'cross-site', referer: `${TRUSTED}/x` }, 'CSRF_REJECTED'],
    ['only a referer of its own', { referer: 'https://api.example.com/deals?x=1' }, 'allowed'],
    ['only a referer that is trusted', { referer: `${TRUSTED}/deals` }, 'allowed'],
    ['only a referer of another site', { referer: 'https://evil.example/api.example.com' }, 'CSRF_REJECTED'],
    ['only a referer that cannot be read', { referer: '/deals' }, 'CSRF_REJECTED'],
    ['no browser', {}, 'allowed'],
  ])('%s', (_from, headers, expected) => {
    expect(post(headers)).toBe(expected);
  });

  it.each([
    ['localhost:8000', 'http://localhost:8000', 'allowed'],
    ['127.0.0.1:8000', 'http://127.0.0.1:8000', 'allowed'],
    ['[::1]:8000', 'http://[::1]:8000', 'allowed'],
    ['localhost:8000', 'http://localhost.:8000', 'allowed'],
    ['127.0.0.2:8000', 'http://127.0.0.2:8000', 'allowed'],
    ['127.0.0.1.example.com', 'http://127.0.0.1.example.com', 'CSRF_REJECTED'],
    ['localhost:8000', 'http://localhost:3000', 'CSRF_REJECTED'],
    ['localhost.evil.example', 'http://localhost.evil.example', 'CSRF_REJECTED'],
    ['API.example.com.:443', 'https://api.example.com', 'allowed'],
    ['api.example.com:80', 'https://api.example.com', 'CSRF_REJECTED'],
    ['user@api.example.com', 'https://api.example.com', 'CSRF_REJECTED'],
    ['', 'https://api.example.com', 'CSRF_REJECTED'],
    ['api.example.com', 'https://api.example.com/', 'CSRF_REJECTED'],
  ])('with cookies for https, on the host %s, the origin %s is %s', (host, origin, expected) => {
    expect(post({ origin }, { host })).toBe(expected);
  });

  it('believes no X-Forwarded-Host', () => {
    expect(post({ origin: 'https://evil.example', 'x-forwarded-host': 'evil.example' })).toBe('CSRF_REJECTED');
  });

  it('takes its own host without https where cookies are not for https only', () => {
    expect(post({ origin: 'http://api.example.com' }, { secure: false })).toBe('allowed');
  });

  it.each([
    ['the token of now', 'new-token', 'allowed'],
    ['the token from before the secrets were rotated', 'old-token', 'allowed'],
    ['another token', 'bad-token', 'CSRF_REJECTED'],
    ['a part of the token', 'new-toke', 'CSRF_REJECTED'],
    ['the empty token', '', 'CSRF_REJECTED'],
    ['a token with letters that are no bytes', 'new-tok\u00ebn', 'CSRF_REJECTED'],
  ])('%s', (_what, token, expected) => {
    expect([post({ 'x-csrf-token': token }), post({ 'x-csrf-token': token, origin: TRUSTED })]).toEqual([expected, expected]);
  });

  it.each(['GET', 'HEAD', 'OPTIONS'])('lets %s pass: it changes nothing', (method) => {
    expect(post({ origin: 'https://evil.example', 'x-csrf-token': '' }, { method })).toBe('allowed');
  });

  it.each(['PUT', 'PATCH', 'DELETE', 'QUERY'])('checks %s', (method) => {
    expect(post({ origin: 'https://evil.example' }, { method })).toBe('CSRF_REJECTED');
  });

  it('asks for a token without which nothing else helps', () => {
    const sut = new CsrfCheck({ corsOrigins: [] } as unknown as HttpConfig, { secure: true } as SessionCookies);
    const request = { method: 'POST', headers: { host: 'h', origin: 'https://h' } } as unknown as Request;
    expect(() => {
      sut.check(request, TOKENS);
    }).toThrow(expect.objectContaining({ code: 'CSRF_REJECTED' }) as Error);
  });
});
