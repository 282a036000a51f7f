import { loadConfig, RuntimeConfig } from '#zakops/config';
import { AuthConfig } from '../auth.config.js';
import { SessionCookies } from './session-cookies.js';
import { SessionSigner } from './session-signer.js';
import type { OpenedSession } from './session.js';

function setup(env: Readonly<Record<string, string>> = {}): {
  sut: SessionCookies;
  signer: SessionSigner;
  opened: OpenedSession;
  set: (act: (response: { appendHeader(name: string, value: string): unknown }) => unknown) => string[];
} {
  const config = loadConfig([RuntimeConfig, AuthConfig], { SESSION_SECRET: 's'.repeat(32), ...env });
  const signer = new SessionSigner(config.get(AuthConfig));
  const createdAt = new Date('2026-01-31T12:00:00Z');
  const expiresAt = new Date('2026-02-01T12:00:00Z');
  const session = {
    id: 'x',
    operatorId: 'o',
    createdAt,
    authenticatedAt: createdAt,
    lastSeenAt: createdAt,
    idleExpiresAt: expiresAt,
    expiresAt,
    address: null,
    userAgent: null,
  };
  const set = (act: (response: { appendHeader(name: string, value: string): unknown }) => unknown): string[] => {
    const written: string[] = [];
    act({ appendHeader: (name, value) => written.push(`${name}: ${value}`) });
    return written;
  };
  return {
    sut: new SessionCookies(config.get(AuthConfig), config.get(RuntimeConfig), signer),
    signer,
    opened: { session, token: signer.sign(signer.newToken()) },
    set,
  };
}

describe(SessionCookies.name, () => {
  it('hides the session from scripts, and keeps both cookies to this host and site', () => {
    const { sut, opened, set, signer } = setup();
    const csrf = signer.csrfToken(signer.verify(opened.token) ?? '');
    expect(set((response) => sut.write(response, opened))).toEqual([
      `Set-Cookie: zakops_session=${opened.token}; Max-Age=86400; Path=/; HttpOnly; SameSite=Strict`,
      `Set-Cookie: zakops_csrf=${csrf}; Max-Age=86400; Path=/; SameSite=Strict`,
    ]);
  });

  it.each([
    [{ APP_ENV: 'production' }, '__Host-zakops_session', true],
    [{ APP_ENV: 'staging' }, '__Host-zakops_session', true],
    [{ APP_ENV: 'development' }, 'zakops_session', false],
    [{ APP_ENV: 'test' }, 'zakops_session', false],
    [{ SESSION_COOKIE_SECURE: 'true' }, '__Host-zakops_session', true],
    [{ APP_ENV: 'staging', SESSION_COOKIE_SECURE: 'false' }, 'zakops_session', false],
  ])('with %j the cookie is %s, for https only: %s', (env, name, secure) => {
    const { sut, opened, set } = setup(env);
    const [session = ''] = set((response) => sut.write(response, opened));
    expect([session.startsWith(`Set-Cookie: ${name}=`), session.includes('; Secure')]).toEqual([true, secure]);
    expect(session).not.toContain('Domain');
  });

  it('follows SESSION_COOKIE_SAMESITE', () => {
    const { sut, opened, set } = setup({ SESSION_COOKIE_SAMESITE: 'lax' });
    expect(set((response) => sut.write(response, opened)).every((cookie) => cookie.endsWith('SameSite=Lax'))).toBe(true);
  });

  it('takes both away', () => {
    const { sut, set } = setup();
    expect(
      set((response) => {
        sut.clear(response);
      }),
    ).toEqual([
      'Set-Cookie: zakops_session=; Max-Age=0; Path=/; HttpOnly; SameSite=Strict',
      'Set-Cookie: zakops_csrf=; Max-Age=0; Path=/; SameSite=Strict',
    ]);
  });

  it.each([
    [undefined, []],
    ['', []],
    ['zakops_session=a', ['a']],
    ['other=1; zakops_session=a; more=2', ['a']],
    ['other=1;zakops_session=a', ['a']],
    ['xzakops_session=a', []],
    ['zakops_session2=a', []],
    ['zakops_session', []],
    ['other=zakops_session=a', []],
    ['zakops_session=a; zakops_session=b', []],
    ['zakops_session=; x=1', ['']],
    [';;; zakops_session=a', ['a']],
  ])('reads %j as %j', (cookie, expected) => {
    expect(setup().sut.read({ headers: { cookie } })).toEqual(expected);
  });

  it('gives of several only those that are signed, at most four, and so lets nobody be locked out by one that a neighbour set', () => {
    const { sut, signer } = setup();
    const signed = Array.from({ length: 6 }, () => signer.sign(signer.newToken()));
    const cookie = ['a', `x${signed[0] ?? ''}`, ...signed].map((value) => `zakops_session=${value}`).join('; ');
    expect(sut.read({ headers: { cookie } })).toEqual(signed.slice(0, 4));
    expect(sut.read(sut.carrying('one'))).toEqual(['one']);
  });
});
